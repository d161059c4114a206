import { forUpstream } from './reason-code.js';

/** Why a request is invalid: each `errors[].code` of a rejection, of a refusal and of an HTTP 422. */
export const ruleErrors = {
  not_an_object: forUpstream('The request is not a JSON object.', 'Send one JSON object per request.'),
  too_deep: forUpstream('The request nests deeper than 8 levels.', 'Send only the documented fields.'),
  too_large: forUpstream(
    'The request has more values than a request can need.',
    'Send only the documented fields.',
  ),
  required: forUpstream('A required field is missing.', 'Send the field.'),
  wrong_type: forUpstream('A field has the wrong JSON type.', 'Send the type that the schema names.'),
  unknown_field: forUpstream('A field is not part of the schema.', 'Leave it out, or mend its spelling.'),
  too_short: forUpstream('A text is shorter than its limit.', 'Send a text that is not empty.'),
  too_long: forUpstream('A text is longer than its limit.', 'Shorten it to the limit in the message.'),
  too_few: forUpstream('A list has too few entries.', 'Send at least as many as the message says.'),
  too_many: forUpstream('A list has too many entries.', 'Send at most as many as the message says.'),
  not_allowed_value: forUpstream(
    'A value is not one of those allowed.',
    'Send one of the values in the schema.',
  ),
  invalid_format: forUpstream(
    'A text does not have the format of its field.',
    'Send the format in the schema.',
  ),
  control_character: forUpstream(
    'A text holds a NUL or another control character.',
    'Remove control characters; every printable character of any script is fine.',
  ),
  unpaired_surrogate: forUpstream(
    'A text is not valid Unicode: it holds half of a surrogate pair.',
    'Cut texts between characters, not inside of them.',
  ),
  email_invalid: forUpstream('An e-mail address is not valid.', 'Send an address such as name@example.test.'),
  phone_not_e164: forUpstream(
    'A phone number is not in E.164 form.',
    'Send + and 7 to 15 digits without spaces, e.g. +37060000001.',
  ),
  country_code_invalid: forUpstream(
    'A country is not a two-letter ISO 3166 code.',
    'Send two capital letters, e.g. LT.',
  ),
  date_invalid: forUpstream('A date does not exist or is not YYYY-MM-DD.', 'Send a real date as YYYY-MM-DD.'),
  date_in_future: forUpstream('A date lies in the future.', 'Send the date as it was; check day and month.'),
  date_too_early: forUpstream('A date lies before 1900.', 'Check the year.'),
  under_age: forUpstream('A person is younger than 18.', 'Onboard adults only.'),
  time_invalid: forUpstream(
    'A time is not in RFC 3339 form with a zone.',
    'Send a time such as 2030-01-31T12:00:00Z.',
  ),
  time_in_future: forUpstream(
    'A consent was given in the future.',
    "Send the applicant's own time of consent.",
  ),
  url_invalid: forUpstream('A web address is not valid.', 'Send a whole address, e.g. https://example.test.'),
  ip_address_invalid: forUpstream(
    'An address is neither IPv4 nor IPv6.',
    'Send the IP address from which the applicant agreed.',
  ),
  percentage_invalid: forUpstream(
    'A share is not a decimal text from 0 to 100 with at most four places.',
    'Send a text such as "33.34", never a number.',
  ),
  content_not_base64: forUpstream(
    "A document's content is not base64.",
    'Send standard base64 with padding.',
  ),
  content_empty: forUpstream(
    "A document's content is empty.",
    'Send the bytes, or leave `content` out and upload them.',
  ),
  content_too_large: forUpstream(
    "A document's inline content is larger than 256 kB.",
    'Leave `content` out and upload the document with PUT .../documents/{id}.',
  ),
  document_id_invalid: forUpstream(
    "A document's id is not 1 to 100 letters, digits, dots, dashes or underscores.",
    'Send a simple id that is unique within the request.',
  ),
  document_id_duplicate: forUpstream(
    'Two documents have the same id.',
    'Give each document an id of its own.',
  ),
  document_content_duplicate: forUpstream(
    'Two documents of one type have the same content.',
    'Send each document once: FinHub takes such a pair for one document.',
  ),
  document_missing: forUpstream(
    'A document that this kind of applicant needs is not declared.',
    'Declare it in `documents`; its content may follow by upload.',
  ),
  director_id_missing: forUpstream(
    'There are fewer DIRECTOR_ID documents than directors.',
    'Declare one DIRECTOR_ID per director.',
  ),
  consent_missing: forUpstream(
    'One of the three consents is missing.',
    'Send terms, privacy and data-processing.',
  ),
  consent_duplicate: forUpstream('A consent is given twice.', 'Send each consent once.'),
  password_too_weak: forUpstream(
    'A password has fewer than 12 characters, or lacks upper case, lower case, a digit or a symbol.',
    'Send a stronger one, or none: then one is generated.',
  ),
  blank: forUpstream('A text has no visible character.', 'Send the text, or leave an optional field out.'),
  shares_not_100: forUpstream(
    'The shares do not sum to exactly 100.',
    'Send shares that sum to 100; the decimals are added exactly, nothing is rounded.',
  ),
  share_zero: forUpstream('A shareholder holds no share.', 'Leave the shareholder out, or send the share.'),
  share_over_100: forUpstream('A share is more than 100.', 'Send a share from 0 to 100.'),
  beneficial_owner_undeclared: forUpstream(
    'A natural person holds 25 % or more and is not declared as beneficial owner.',
    'Declare the person as beneficial owner.',
  ),
  is_pep_missing: forUpstream(
    'It is not declared whether a shareholder is a politically exposed person.',
    'Send `isPEP` as true or false for each shareholder.',
  ),
  admin_user_missing: forUpstream(
    'No employee has the role ADMIN_USER.',
    'Give at least one employee that role.',
  ),
  director_missing: forUpstream('There is no director.', 'Send at least one director.'),
  primary_owner_ambiguous: forUpstream(
    'Several employees are marked as legal representative.',
    'Set `isPrimaryOwner` on one employee at most, or send a `signatory`.',
  ),
  email_duplicate: forUpstream(
    'Two employees, or two directors, have the same e-mail address.',
    'List each person once; one person may be an employee and a director.',
  ),
  role_duplicate: forUpstream('An employee has the same role twice.', 'Send each role once.'),
} as const;
