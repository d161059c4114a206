/**
 * Words of which FinHub's explanations are made: of its error texts, of the fields and values in `openapi.yaml`, of the pages
 * that proxies send. What is shown of an answer is made of these alone, so none may be a given name, or say anything of a
 * person (`an`, `do`, `max`, `male` are left out). Add one where a word is missed.
 */
const plainWords: ReadonlySet<string> = new Set(
  `
  a accept acceptance accepted access account act action activate activated activating activation active activity add
  added additional address addresses admin administrator after agent algorithm all allowed already amount and another any
  api app application appointed approval approve approved approver are articles as associated association at attempt
  attempts attribute authority authorization available awaiting b2b b2c backend backoff bad balance bank base64 be bearer
  because been before being belongs beneficial between birth blocked body bucket business but by bytes call called can
  cannot card categories categorization category center certificate change changed character characters check city class
  client closed code comment commercial company complete completed compliance conditions configuration conflict connect
  connection consent consents contact contacts contain contains content contract corporate could country create created
  creation credential credentials currency currently customer data database date day days declaration declared default
  delay deleted delivered deliveries delivery denied department description details detected device did different digital
  diligence director directors disabled doctype document documents does drivers dt due duplicate during e each either
  element email employee employees empty enabled endpoint enhanced entity error errors event events exceed exceeded
  exceeds exist existing exists expected expired expires extension external fail failed failure false fault feature
  features field fields file files financial finhub first for forbidden form format forwarded found from full funds
  gateway get given government granted greater h1 h2 has have head header headers high hired host hour hours hr html http
  https iban id identifier identity ids image in inactive income incomplete incorporation individual industry info
  information initiated input insufficient integer internal invalid io ip ipv4 ipv6 is item items its job join jpeg json
  key keys kind kyb kyc larger last later least legal length less letter letters level license limit limited limits list
  lists locked login loopback low lower magic mail maintenance malformed mandatory many match matches matching maximum mb
  medium megabyte message met method middle mime minimum minute minutes mismatch missing moderate modified more must name
  named names national nationality need needed needs neither network nginx no nobody none nor not note notes nothing
  notification null number object occurred of office officer ok older on once one only open operation operator option
  optional or order organization organizations other otherwise out over overloaded own owned owner owners ownership p page
  pagination parameter parameters partner pass passport password passwords path pattern payload payment payments pdf
  pending pep per percent percentage period permanently permission permissions permitted person personnel phone pincode
  place platform please png policy position possible postal power prerequisite present primary privacy process processed
  processing profile progress prohibited proof properties property protocol provided provider proxy public rate reach
  reached read reason received record records redirect reference refresh refused register registered registration reject
  rejected related relation repeat representative request requested requests required requirement requirements resource
  response restricted result retry retrying review revoked risk role roles root route rule rules s same sanctions sandbox
  schema score seconds secret seen selfie sent server service services session setting share shareholder shareholders
  shares shorter should sign signatory signature simplified single size small some source ssl standard start started state
  statement statements status step steps storage stored street string strong structure subject submitted subscribed
  subscription subscriptions success successful suggestions suspended system table taken takes tax technical temporarily
  tenant terms test text than that the them then there these they this time timed timeout timestamp title to together
  token too total trading transaction true try twice type types unable unauthorized unavailable under unexpected unique
  unknown unprocessable unreachable unsupported until update updated upload uploaded upper upstream uri url user username
  uuid valid validation value values verification verifications verified verify version violated violation waiting wallet
  wallets warning warnings was weak webhook website were what when where which while with within without wrong x yet your
  `.match(/\S+/gu),
);

/** Whether a word, in any case, may be shown whoever the answer is about. */
export function isPlain(word: string): boolean {
  return plainWords.has(word.toLowerCase());
}
