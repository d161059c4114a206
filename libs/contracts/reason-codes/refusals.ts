import { forOps, forUpstream } from './reason-code.js';

/** Why something was not taken in: codes of `onboarding.refused.v1` and of the gateway's problem details. */
export const refusals = {
  request_conflict: forUpstream(
    'The request id is in use with another body.',
    'Send a changed request with a new request id; repeat an old one unchanged.',
  ),
  request_malformed: forUpstream(
    'The request cannot be read as a request.',
    'Send one that the schema accepts.',
  ),
  request_erased: forUpstream(
    "The person's data was erased; the request id cannot be used again.",
    'Send a new request id when the person asks for a new onboarding.',
  ),
  malformed_json: forUpstream('The body is not valid JSON.', 'Send UTF-8 JSON.'),
  unsupported_encoding: forUpstream('The body is compressed.', 'Send it without compression.'),
  unsupported_charset: forUpstream('The body is not UTF-8.', 'Send UTF-8.'),
  body_cut_off: forUpstream('The body ended early, or is not as long as it says.', 'Send it again.'),
  body_too_large: forUpstream(
    'The body is larger than its limit.',
    'Send large documents by upload, each by itself.',
  ),
  content_type_unsupported: forUpstream(
    'The content type is not one of those accepted.',
    'Send an accepted one.',
  ),
  header_invalid: forUpstream('A header is missing or not valid.', 'Send the header that the message names.'),
  parameter_invalid: forUpstream('A parameter of the address is not valid.', 'Mend the parameter.'),
  api_key_missing: forUpstream('No API key was sent.', 'Send `Authorization: Bearer <key>`.'),
  api_key_unknown: forUpstream('The API key is unknown or was revoked.', 'Use a valid key of the tenant.'),
  api_key_name_taken: forOps(
    'The tenant has an API key of this name, maybe a revoked one.',
    'Choose another name.',
  ),
  scope_missing: forUpstream(
    "The API key's scopes do not allow this.",
    'Use a key with the scope that the message names.',
  ),
  onboarding_unknown: forUpstream(
    'There is no such onboarding for this API key.',
    'Check the id, and that the key belongs to its tenant.',
  ),
  command_unknown: forOps('There is no such command for this onboarding.', 'Check the command id.'),
  document_unknown: forUpstream(
    'The request declares no document with this id.',
    'Upload under an id that `documents` of the request declares.',
  ),
  document_conflict: forUpstream(
    'The document was already uploaded with other bytes.',
    'Repeat an upload with the same bytes only.',
  ),
  document_empty: forUpstream('The upload has no bytes.', 'Send the bytes of the document.'),
  document_too_large: forUpstream(
    'The document is larger than its limit: 20 MB for FINANCIAL_STATEMENTS, 10 MB for any other type.',
    'Send a smaller one.',
  ),
  route_unknown: forUpstream(
    'There is nothing at this address, or not for this method.',
    'See the OpenAPI page at /docs.',
  ),
  bad_request: forUpstream(
    'The address or the body is encoded wrongly.',
    'Encode the address as RFC 3986 says, and compress no body.',
  ),
  malformed_http: forUpstream(
    'What was sent is no HTTP request.',
    'Send HTTP/1.1, without TLS to this port.',
  ),
  headers_too_large: forUpstream('Address and headers are longer than 16 kB.', 'Send shorter ones.'),
  request_timeout: forUpstream('The request did not come in time.', 'Send it again.'),
  temporarily_unavailable: forUpstream(
    'A part that is needed is away for now.',
    'Repeat the same request later.',
  ),
  internal_error: forOps('The gateway failed.', 'Find the error in its log by the correlation id.'),
  webhook_signature_invalid: forOps(
    "A webhook's signature does not match.",
    'Check the webhook secret here and in the subscription at FinHub.',
  ),
} as const;

/** Why a record became a dead letter; a colon and pointers may follow the code. */
export const deadLetterReasons = {
  not_json: forOps(
    'The record is not UTF-8 JSON.',
    'Ask its producer; the sealed bytes are in the dead letter.',
  ),
  empty: forOps('The record has no bytes.', 'Ask its producer.'),
  tombstone: forOps('The record has no value.', 'Ask its producer; only the state topic has tombstones.'),
  wrong_envelope: forOps(
    'The record is no CloudEvent with our attributes, e.g. tenant or request id are missing.',
    'Ask its producer; the pointers say where.',
  ),
  wrong_schema: forOps(
    "The data do not fit the event's schema.",
    'Ask its producer; the pointers say where.',
  ),
  unknown_type: forOps('The type is not that of the topic.', 'Ask its producer.'),
  no_handler: forOps(
    'The stage has no handler for this type.',
    'Deploy the version that has one, or ask its producer.',
  ),
  wrong_subject: forOps(
    'The subject of a request is not the onboarding id of its tenant and request id.',
    'Have its producer derive it, or leave it out.',
  ),
  out_of_order: forOps(
    'The event does not come from the stage that the journey puts before this one.',
    'Find out who published it; nothing came of it.',
  ),
  not_in_the_vault: forOps(
    'The request is said to be in the vault and is not there, e.g. after a restored backup.',
    'Have the upstream send it again.',
  ),
  seal_unreadable: forUpstream(
    "The sealed request cannot be opened with the vault's key, or for this onboarding.",
    'Seal it to the current key (`GET /v1/intake-key`), bound to no other request.',
  ),
  wrong_key: forOps('The key is not the onboarding id of tenant and request id.', 'Ask its producer.'),
  wrong_checksum: forOps(
    'The checksum in the header does not match the value.',
    'Look at the broker and its disks.',
  ),
} as const;
