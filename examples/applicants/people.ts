/** An invented person; nobody of that name, address or number is meant. */
export interface InventedPerson {
  readonly firstName: string;
  readonly lastName: string;
  /** The e-mail's local part. */
  readonly handle: string;
  readonly gender: 'MALE' | 'FEMALE';
  readonly country: string;
  readonly city: string;
  readonly phone: string;
  readonly dateOfBirth: string;
}

/** first name | last name | handle | gender | country | city | calling code | date of birth */
const table = `
Ona | Petraitė | ona.petraite | F | LT | Kaunas | 370 | 1991-02-03
Jonas | Kazlauskas | jonas.kazlauskas | M | LT | Vilnius | 370 | 1984-11-19
Μαρία | Παπαδοπούλου | maria.papadopoulou | F | GR | Αθήνα | 30 | 1978-06-30
Łukasz | Wiśniewski | lukasz.wisniewski | M | PL | Łódź | 48 | 1990-01-25
Олена | Коваленко | olena.kovalenko | F | UA | Київ | 380 | 1987-09-14
Søren | Kjærgård | soren.kjaergard | M | DK | Århus | 45 | 1969-12-31
محمد | الحسيني | mohammed.alhusseini | M | JO | عمّان | 962 | 1993-03-08
李 | 小龍 | li.xiaolong | M | HK | 香港 | 852 | 1982-07-21
さくら | 田中 | sakura.tanaka | F | JP | 大阪 | 81 | 1996-04-02
지우 | 김 | jiwoo.kim | F | KR | 부산 | 82 | 1999-10-17
นภา | ศรีสุข | napha.srisuk | F | TH | เชียงใหม่ | 66 | 1985-05-05
प्रिया | शर्मा | priya.sharma | F | IN | जयपुर | 91 | 1992-08-11
João | Gonçalves | joao.goncalves | M | PT | Évora | 351 | 1975-02-14
Zoë | Van den Broeck | zoe.vandenbroeck | F | BE | Gent | 32 | 2001-06-09
Siobhán | O'Sullivan | siobhan.osullivan | F | IE | Gaillimh | 353 | 1988-01-06
Björk | Guðmundsdóttir | bjork.gudmundsdottir | F | IS | Reykjavík | 354 | 1972-11-21
Çağla | Yıldız | cagla.yildiz | F | TR | İzmir | 90 | 1994-12-12
Hương | Nguyễn Thị | huong.nguyenthi | F | VN | Huế | 84 | 1990-09-09
Ștefan | Ionescu | stefan.ionescu | M | RO | Iași | 40 | 1981-04-18
Ágnes | Szűcs | agnes.szucs | F | HU | Győr | 36 | 1966-03-15
Jiří | Dvořák | jiri.dvorak | M | CZ | Plzeň | 420 | 1979-08-08
Nana | Ofori-Atta | nana.oforiatta | M | GH | Kumasi | 233 | 1986-06-06
Wangari | Njoroge | wangari.njoroge | F | KE | Nakuru | 254 | 1995-05-25
ሰላም | ተስፋዬ | selam.tesfaye | F | ET | አዲስ አበባ | 251 | 1998-02-28
נועה | לוי | noa.levi | F | IL | חיפה | 972 | 1989-07-07
გიორგი | ბერიძე | giorgi.beridze | M | GE | ქუთაისი | 995 | 1983-01-31
Արամ | Հակոբյան | aram.hakobyan | M | AM | Գյումրի | 374 | 1977-10-10
Иван | Петров | ivan.petrov | M | BG | Пловдив | 359 | 1970-05-24
Itziar | Etxeberria | itziar.etxeberria | F | ES | Donostia | 34 | 1992-02-29
François-Xavier | Lefèvre | fx.lefevre | M | FR | Nîmes | 33 | 1964-09-01
Jürgen | Groß | juergen.gross | M | DE | Köln | 49 | 1973-03-27
Xóchitl | Hernández Núñez | xochitl.hernandez | F | MX | Oaxaca | 52 | 1997-11-02
Kaʻiulani | Kealoha | kaiulani.kealoha | F | US | Hilo | 1 | 2000-01-01
Mónica | Zorrilla | monica.zorrilla | F | CO | Bogotá | 57 | 1980-12-24
Pekka | Mäkelä | pekka.makela | M | FI | Jyväskylä | 358 | 1968-07-13
Rūta | Žukauskienė | ruta.zukauskiene | F | LT | Šiauliai | 370 | 1976-04-04
Tomasz | Żurawski | tomasz.zurawski | M | PL | Gdańsk | 48 | 1971-10-28
Eleni | Nikolaidou | eleni.nikolaidou | F | CY | Λάρνακα | 357 | 1985-03-03
Håkon | Bergström | hakon.bergstrom | M | NO | Tromsø | 47 | 1974-08-19
Inês | Carvalho | ines.carvalho | F | PT | Braga | 351 | 1993-01-17
Ana | Kovačević | ana.kovacevic | F | HR | Šibenik | 385 | 1982-02-22
Matej | Šťastný | matej.stastny | M | SK | Košice | 421 | 1978-12-05
Liisa | Pärn | liisa.parn | F | EE | Tartu | 372 | 1990-06-24
Jānis | Bērziņš | janis.berzins | M | LV | Liepāja | 371 | 1969-11-11
Luca | D'Angelo | luca.dangelo | M | IT | L'Aquila | 39 | 1987-05-16
Greta | Müller-Lüdenscheidt | greta.mueller | F | AT | Graz | 43 | 1965-09-30
Noor | de Vries | noor.devries | F | NL | Groningen | 31 | 1991-07-29
Đorđe | Ilić | djordje.ilic | M | RS | Niš | 381 | 1980-03-20
Aïcha | Ben Youssef | aicha.benyoussef | F | TN | Sfax | 216 | 1988-10-01
Rhys | Llewellyn | rhys.llewellyn | M | GB | Aberystwyth | 44 | 1972-06-02
`;

/** 50 invented people from many scripts: the first 35 register themselves, the others stand behind organizations. */
export const people: readonly InventedPerson[] = table.trim().split('\n').map(personOf);

function personOf(row: string, index: number): InventedPerson {
  const cells = row.split('|').map((cell) => cell.trim());
  const [
    firstName = '',
    lastName = '',
    handle = '',
    gender,
    country = '',
    city = '',
    code = '',
    dateOfBirth = '',
  ] = cells;
  return {
    firstName,
    lastName,
    handle,
    gender: gender === 'M' ? 'MALE' : 'FEMALE',
    country,
    city,
    phone: `+${code}5550${String(1000 + index)}`,
    dateOfBirth,
  };
}
