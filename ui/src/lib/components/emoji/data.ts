/**
 * Common emoji with their Unicode names, in the usual order of pickers. Parted by semicolons: the
 * emoji, its name, and behind a bar more words by which people look for it.
 */

export type EmojiGroup =
  'smileys' | 'people' | 'nature' | 'food' | 'places' | 'activity' | 'objects' | 'symbols';

export const EMOJI: Record<EmojiGroup, string> = {
  smileys: `
😀 grinning face|happy smile;😃 smiling face with open mouth|happy smile;
😄 smiling face with open mouth and smiling eyes|happy laugh;
😁 grinning face with smiling eyes|grin teeth;
😆 smiling face with open mouth and tightly-closed eyes|laugh haha;
😅 smiling face with open mouth and cold sweat|relief phew;
🤣 rolling on the floor laughing|rofl lol laugh;😂 face with tears of joy|lol laugh cry haha;
🙂 slightly smiling face|smile;🙃 upside-down face;😉 winking face;
😊 smiling face with smiling eyes|happy blush smile;😇 smiling face with halo;
🥰 smiling face with smiling eyes and three hearts|love;
😍 smiling face with heart-shaped eyes|love heart;🤩 grinning face with star eyes|wow;
😘 face throwing a kiss|love;😗 kissing face;😚 kissing face with closed eyes;
😙 kissing face with smiling eyes;🥲 smiling face with tear;😋 face savouring delicious food;
😛 face with stuck-out tongue;😜 face with stuck-out tongue and winking eye;
🤪 grinning face with one large and one small eye;
😝 face with stuck-out tongue and tightly-closed eyes;🤑 money-mouth face;🤗 hugging face|hug;
🤭 smiling face with smiling eyes and hand covering mouth;
🤫 face with finger covering closed lips;🤔 thinking face|hmm think;🤐 zipper-mouth face;
🤨 face with one eyebrow raised;😐 neutral face;😑 expressionless face;😶 face without mouth;
😏 smirking face;😒 unamused face;🙄 face with rolling eyes;😬 grimacing face;🤥 lying face;
😌 relieved face;😔 pensive face;😪 sleepy face;🤤 drooling face;😴 sleeping face;
😷 face with medical mask;🤒 face with thermometer;🤕 face with head-bandage;🤢 nauseated face;
🤮 face with open mouth vomiting;🤧 sneezing face;🥵 overheated face;🥶 freezing face;
🥴 face with uneven eyes and wavy mouth;😵 dizzy face;
🤯 shocked face with exploding head|mind blown wow;🤠 face with cowboy hat;
🥳 face with party horn and party hat|birthday celebrate;🥸 disguised face;
😎 smiling face with sunglasses|cool;🤓 nerd face;🧐 face with monocle;😕 confused face;
😟 worried face;🙁 slightly frowning face;😮 face with open mouth;😯 hushed face;😲 astonished face;
😳 flushed face;🥺 face with pleading eyes;😦 frowning face with open mouth;😧 anguished face;
😨 fearful face;😰 face with open mouth and cold sweat;😥 disappointed but relieved face;
😢 crying face|sad;😭 loudly crying face|sad sob cry;😱 face screaming in fear|scared shock;
😖 confounded face;😣 persevering face;😞 disappointed face;😓 face with cold sweat;😩 weary face;
😫 tired face;🥱 yawning face;😤 face with look of triumph;😡 pouting face|angry mad;😠 angry face;
🤬 serious face with symbols covering mouth;😈 smiling face with horns;👿 imp;💀 skull;
💩 pile of poo;🤡 clown face;👻 ghost;👽 extraterrestrial alien;🤖 robot face;
😺 smiling cat face with open mouth;😸 grinning cat face with smiling eyes;
😹 cat face with tears of joy;😻 smiling cat face with heart-shaped eyes;
😼 cat face with wry smile;😽 kissing cat face with closed eyes;🙀 weary cat face;
😿 crying cat face;😾 pouting cat face;🙈 see-no-evil monkey|shy;🙉 hear-no-evil monkey;
🙊 speak-no-evil monkey;`,
  people: `
👋 waving hand sign|hello hi bye wave;🤚 raised back of hand;🖐️ raised hand with fingers splayed;
✋ raised hand;🖖 raised hand with part between middle and ring fingers;👌 ok hand sign;
🤌 pinched fingers;🤏 pinching hand;✌️ victory hand|peace;
🤞 hand with index and middle fingers crossed|luck;🤟 i love you hand sign;🤘 sign of the horns;
🤙 call me hand;👈 left pointing backhand index|point;👉 right pointing backhand index|point;
👆 up pointing backhand index|point;👇 down pointing backhand index|point;☝️ up pointing index;
👍 thumbs up sign|yes ok good like;👎 thumbs down sign|no bad dislike;✊ raised fist;
👊 fisted hand sign;🤛 left-facing fist;🤜 right-facing fist;
👏 clapping hands sign|clap applause bravo;
🙌 person raising both hands in celebration|hooray celebrate praise;👐 open hands sign;
🤲 palms up together;🤝 handshake|deal;🙏 person with folded hands|please thanks pray thank you;
✍️ writing hand;💅 nail polish;🤳 selfie;💪 flexed biceps|strong muscle;🦾 mechanical arm;👂 ear;
👃 nose;🧠 brain|smart idea;👀 eyes|look see;👁️ eye;👅 tongue;👄 mouth;💋 kiss mark;👶 baby;🧒 child;
👦 boy;👧 girl;🧑 adult;👨 man;👩 woman;🧓 older adult;👴 older man;👵 older woman;
🙅 face with no good gesture;🙆 face with ok gesture;💁 information desk person;
🙋 happy person raising one hand;🙇 person bowing deeply;🤦 face palm|facepalm;🤷 shrug|dunno;
👮 police officer;🕵️ sleuth or spy;💂 guardsman;👷 construction worker;🤴 prince;👸 princess;🧙 mage;
🧚 fairy;🧛 vampire;🧜 merperson;🧝 elf;🎅 father christmas;🤶 mother christmas;🦸 superhero;
🦹 supervillain;🚶 pedestrian;🏃 runner;💃 dancer;🕺 man dancing;👯 woman with bunny ears;
🧘 person in lotus position;👫 man and woman holding hands;👭 two women holding hands;
👬 two men holding hands;💏 kiss;💑 couple with heart;👪 family;🗣️ speaking head in silhouette;
👤 bust in silhouette;👥 busts in silhouette;🫂 people hugging;👣 footprints;`,
  nature: `
🐵 monkey face;🐒 monkey;🦍 gorilla;🐶 dog face|puppy;🐕 dog;🐩 poodle;🐺 wolf face;🦊 fox face;
🦝 raccoon;🐱 cat face|kitten;🐈 cat;🦁 lion face;🐯 tiger face;🐅 tiger;🐴 horse face;🦄 unicorn face;
🦓 zebra face;🦌 deer;🐮 cow face;🐷 pig face;🐗 boar;🐑 sheep;🐐 goat;🐪 dromedary camel;🦙 llama;
🦒 giraffe face;🐘 elephant;🦏 rhinoceros;🐭 mouse face;🐹 hamster face;🐰 rabbit face;🐇 rabbit;
🐿️ chipmunk;🦔 hedgehog;🦇 bat;🐻 bear face;🐨 koala;🐼 panda face;🦥 sloth;🦦 otter;🐾 paw prints;
🦃 turkey;🐔 chicken;🐣 hatching chick;🐤 baby chick;🐥 front-facing baby chick;🐦 bird;🐧 penguin;
🕊️ dove of peace;🦅 eagle;🦆 duck;🦢 swan;🦉 owl;🦩 flamingo;🦚 peacock;🦜 parrot;🐸 frog face;
🐊 crocodile;🐢 turtle;🦎 lizard;🐍 snake;🐲 dragon face;🦖 t-rex;🐳 spouting whale;🐬 dolphin;🐟 fish;
🐠 tropical fish;🐡 blowfish;🦈 shark;🐙 octopus;🐚 spiral shell;🐌 snail;🦋 butterfly;🐛 bug;🐜 ant;
🐝 honeybee|bee;🐞 lady beetle;🦗 cricket;🕷️ spider;🦂 scorpion;💐 bouquet;🌸 cherry blossom;🌹 rose;
🥀 wilted flower;🌺 hibiscus;🌻 sunflower;🌼 blossom;🌷 tulip;🌱 seedling|grow plant;🪴 potted plant;
🌲 evergreen tree;🌳 deciduous tree;🌴 palm tree;🌵 cactus;🌾 ear of rice;🌿 herb;☘️ shamrock;
🍀 four leaf clover|luck;🍁 maple leaf;🍂 fallen leaf;🍃 leaf fluttering in wind;🍄 mushroom;
🌍 earth globe europe-africa|world europe africa;🌎 earth globe americas|world america;
🌏 earth globe asia-australia|world asia;🌑 new moon symbol;🌓 first quarter moon symbol;
🌕 full moon symbol;🌙 crescent moon;☀️ sun with rays|sunny summer;🌞 sun with face;
⭐ medium star|favourite;🌟 glowing star;✨ sparkles|sparkle magic new;☁️ cloud;⛅ sun behind cloud;
🌧️ cloud with rain;⛈️ thunder cloud and rain;🌩️ cloud with lightning;🌪️ cloud with tornado;
🌈 rainbow|pride;☂️ umbrella;☔ umbrella with rain drops;⚡ high voltage sign;❄️ snowflake;
⛄ snowman without snow;☃️ snowman;🔥 fire|hot lit flame;💧 droplet;🌊 water wave;🌋 volcano;`,
  food: `
🍇 grapes;🍈 melon;🍉 watermelon;🍊 tangerine;🍋 lemon;🍌 banana;🍍 pineapple;🥭 mango;🍎 red apple;
🍏 green apple;🍐 pear;🍑 peach;🍒 cherries;🍓 strawberry;🫐 blueberries;🥝 kiwifruit;🍅 tomato;
🥥 coconut;🥑 avocado;🍆 aubergine;🥔 potato;🥕 carrot;🌽 ear of maize;🌶️ hot pepper;🥒 cucumber;
🥬 leafy green;🥦 broccoli;🧄 garlic;🧅 onion;🥜 peanuts;🌰 chestnut;🍞 bread;🥐 croissant;
🥖 baguette bread;🥨 pretzel;🥯 bagel;🥞 pancakes;🧇 waffle;🧀 cheese wedge;🍖 meat on bone;
🍗 poultry leg;🥩 cut of meat;🥓 bacon;🍔 hamburger;🍟 french fries;🍕 slice of pizza;🌭 hot dog;
🥪 sandwich;🌮 taco;🌯 burrito;🥙 stuffed flatbread;🍳 cooking;🥘 shallow pan of food;🍲 pot of food;
🥣 bowl with spoon;🥗 green salad;🍿 popcorn;🧈 butter;🧂 salt shaker;🍱 bento box;🍘 rice cracker;
🍙 rice ball;🍚 cooked rice;🍛 curry and rice;🍜 steaming bowl;🍝 spaghetti;🍣 sushi;🍤 fried shrimp;
🥟 dumpling;🍦 soft ice cream;🍧 shaved ice;🍨 ice cream;🍩 doughnut;🍪 cookie;🎂 birthday cake;
🍰 shortcake;🧁 cupcake;🥧 pie;🍫 chocolate bar;🍬 candy;🍭 lollipop;🍮 custard;🍯 honey pot;
🍼 baby bottle;🥛 glass of milk;☕ hot beverage|coffee tea cafe;🫖 teapot;🍵 teacup without handle;
🍶 sake bottle and cup;🍾 bottle with popping cork;🍷 wine glass;🍸 cocktail glass;🍹 tropical drink;
🍺 beer mug|pub;🍻 clinking beer mugs|cheers;🥂 clinking glasses|cheers toast champagne;
🥃 tumbler glass;🥤 cup with straw;🧃 beverage box;🍽️ fork and knife with plate;🍴 fork and knife;
🥄 spoon;`,
  places: `
🚗 automobile;🚕 taxi;🚌 bus;🚎 trolleybus;🏎️ racing car;🚓 police car;🚑 ambulance;🚒 fire engine;
🚚 delivery truck;🚜 tractor;🚲 bicycle;🛴 scooter;🛵 motor scooter;🏍️ racing motorcycle;
🚂 steam locomotive;🚆 train;🚇 metro;🚊 tram;🚝 monorail;🚀 rocket|launch ship;🛸 flying saucer;
✈️ airplane|travel flight plane;🛫 airplane departure;🛬 airplane arriving;🚁 helicopter;
⛵ sailboat;🚤 speedboat;🚢 ship;⚓ anchor;🗺️ world map;🧭 compass;🏔️ snow capped mountain;
⛰️ mountain;🏕️ camping;🏖️ beach with umbrella;🏜️ desert;🏝️ desert island;🏟️ stadium;
🏛️ classical building;🏗️ building construction;🏠 house building|home;🏡 house with garden;
🏢 office building;🏣 japanese post office;🏥 hospital;🏦 bank;🏨 hotel;🏪 convenience store;🏫 school;
🏬 department store;🏭 factory;🏯 japanese castle;🏰 european castle;💒 wedding;🗼 tokyo tower;
🗽 statue of liberty;⛪ church;🕌 mosque;🕍 synagogue;⛩️ shinto shrine;⛲ fountain;⛺ tent;🌁 foggy;
🌃 night with stars;🌄 sunrise over mountains;🌅 sunrise;🌆 cityscape at dusk;
🌇 sunset over buildings;🌉 bridge at night;🎠 carousel horse;🎡 ferris wheel;🎢 roller coaster;
🚏 bus stop;⛽ fuel pump;🚦 vertical traffic light;🚧 construction sign;`,
  activity: `
🎃 jack-o-lantern;🎄 christmas tree;🎆 fireworks;🎇 firework sparkler;🧨 firecracker;🎈 balloon;
🎉 party popper|tada celebrate congratulations;🎊 confetti ball|party celebrate;🎋 tanabata tree;
🎍 pine decoration;🎎 japanese dolls;🎏 carp streamer;🎐 wind chime;🎑 moon viewing ceremony;
🧧 red gift envelope;🎀 ribbon;🎁 wrapped present|gift birthday;🎗️ reminder ribbon;
🎟️ admission tickets;🎫 ticket;🏆 trophy|win;🏅 sports medal;🥇 first place medal|gold win;
🥈 second place medal;🥉 third place medal;⚽ soccer ball;⚾ baseball;🏀 basketball and hoop;
🏐 volleyball;🏈 american football;🎾 tennis racquet and ball;🏏 cricket bat and ball;
🏓 table tennis paddle and ball;🏸 badminton racquet and shuttlecock;🥊 boxing glove;
🥋 martial arts uniform;⛳ flag in hole;⛸️ ice skate;🎣 fishing pole and fish;🎿 ski and ski boot;
🛷 sled;🎯 direct hit;🎱 billiards;🎮 video game;🎲 game die;🧩 jigsaw puzzle piece;🧸 teddy bear;
♠️ spade suit;♥️ heart suit;♦️ diamond suit;♣️ club suit;♟️ chess pawn;🎭 performing arts;
🎨 artist palette|art paint;🧵 spool of thread;🧶 ball of yarn;🎤 microphone;🎧 headphone;
🎼 musical score;🎹 musical keyboard;🥁 drum with drumsticks;🎷 saxophone;🎺 trumpet;🎸 guitar;
🎻 violin;🎬 clapper board;🏄 surfer;🏊 swimmer;🚴 bicyclist;🏋️ weight lifter;🧗 person climbing;
`,
  objects: `
👓 eyeglasses;🕶️ dark sunglasses;👔 necktie;👕 t-shirt;👖 jeans;🧣 scarf;🧤 gloves;🧥 coat;👗 dress;
👘 kimono;👙 bikini;👚 womans clothes;👛 purse;👜 handbag;🎒 school satchel;👞 mans shoe;
👟 athletic shoe;🥾 hiking boot;👠 high-heeled shoe;👒 womans hat;🎩 top hat;🎓 graduation cap;
🧢 billed cap;💄 lipstick;💍 ring;💎 gem stone;📢 public address loudspeaker|announce news;
📣 cheering megaphone|announce news;🔔 bell|notification;🎵 musical note|music;
🎶 multiple musical notes|music;📱 mobile phone;☎️ telephone;📞 telephone receiver;🔋 battery;
🔌 electric plug;💻 personal computer|laptop;🖥️ desktop computer;🖨️ printer;⌨️ keyboard;
🖱️ three button mouse;💾 floppy disk;💿 optical disc;🎥 movie camera;📷 camera|photo;
📸 camera with flash|photo;📹 video camera;🔍 left-pointing magnifying glass;
🔎 right-pointing magnifying glass;🕯️ candle;💡 electric light bulb|idea;🔦 electric torch;
📔 notebook with decorative cover;📕 closed book;📖 open book|read;📗 green book;📘 blue book;
📙 orange book;📚 books|read;📓 notebook;📒 ledger;📃 page with curl;📜 scroll;📄 page facing up;
📰 newspaper;🗞️ rolled-up newspaper;📑 bookmark tabs;🔖 bookmark;🏷️ label|price tag sale;
💰 money bag;💵 banknote with dollar sign;💳 credit card;🧾 receipt;✉️ envelope;📧 e-mail symbol;
📨 incoming envelope;📩 envelope with downwards arrow above;📤 outbox tray;📥 inbox tray;
📦 package|parcel box delivery;📫 closed mailbox with raised flag;📮 postbox;
🗳️ ballot box with ballot;✏️ pencil|write edit;✒️ nib;🖋️ lower left fountain pen;
🖊️ lower left ballpoint pen;🖌️ lower left paintbrush;🖍️ lower left crayon;📝 memo|write note;
💼 briefcase;📁 file folder;📂 open file folder;🗂️ card index dividers;📅 calendar|date schedule;
📆 tear-off calendar|date schedule;📇 card index;📈 chart with upwards trend|growth up;
📉 chart with downwards trend|down;📊 bar chart;📋 clipboard;📌 pushpin;📍 round pushpin;📎 paperclip;
📏 straight ruler;📐 triangular ruler;✂️ scissors;🗃️ card file box;🗄️ file cabinet;🗑️ wastebasket;
🔒 lock;🔓 open lock;🔑 key;🔨 hammer;🪓 axe;⛏️ pick;⚒️ hammer and pick;🛠️ hammer and wrench;
🧰 toolbox;🧲 magnet;🧪 test tube;🧬 dna double helix;🔬 microscope;🔭 telescope;📡 satellite antenna;
💉 syringe;💊 pill;🩹 adhesive bandage;🚪 door;🛏️ bed;🛋️ couch and lamp;🚿 shower;🛁 bathtub;
🧴 lotion bottle;🧷 safety pin;🧹 broom;🧺 basket;🧻 roll of paper;🧼 bar of soap;🧽 sponge;
🛒 shopping trolley|shop cart sale;⏰ alarm clock|time;⏱️ stopwatch;⏲️ timer clock;
🕰️ mantelpiece clock;⌛ hourglass;⏳ hourglass with flowing sand;⌚ watch;`,
  symbols: `
❤️ heart|love red;🧡 orange heart|love;💛 yellow heart|love;💚 green heart|love;💙 blue heart|love;
💜 purple heart|love;🤎 brown heart;🖤 heart|black love;🤍 heart|white love;💔 broken heart|sad;
💕 two hearts;💞 revolving hearts;💓 beating heart;💗 growing heart;💖 sparkling heart;
💘 heart with arrow;💝 heart with ribbon;💟 heart decoration;💯 hundred points symbol|perfect;
💢 anger symbol;💥 collision symbol;💫 dizzy symbol;💦 splashing sweat symbol;💨 dash symbol;
💬 speech balloon|comment chat;💭 thought balloon;💤 sleeping symbol;
♻️ black universal recycling symbol|recycle;✅ heavy check mark|done yes tick;
✔️ check mark|done yes tick;❌ cross mark|no wrong;❎ negative squared cross mark;
➕ heavy plus sign;➖ heavy minus sign;➗ heavy division sign;✖️ heavy multiplication x;
❓ question mark ornament;❗ exclamation mark symbol|important;‼️ double exclamation mark;
⁉️ exclamation question mark;⚠️ warning sign|careful;🚫 no entry sign;
🔞 no one under eighteen symbol;☢️ radioactive sign;☣️ biohazard sign;⬆️ upwards black arrow|up;
↗️ north east arrow;➡️ rightwards arrow|right;↘️ south east arrow;⬇️ downwards black arrow|down;
↙️ south west arrow;⬅️ leftwards black arrow|left;↖️ north west arrow;↕️ up down arrow;
↔️ left right arrow;🔄 anticlockwise downwards and upwards open circle arrows;
🔙 back with leftwards arrow above;🔚 end with leftwards arrow above;
🔛 on with exclamation mark with left right arrow above;🔜 soon with rightwards arrow above;
🔝 top with upwards arrow above;☮️ peace symbol;☯️ yin yang;♈ aries;♉ taurus;♊ gemini;♋ cancer;
♌ leo;♍ virgo;♎ libra;♏ scorpius;♐ sagittarius;♑ capricorn;♒ aquarius;♓ pisces;
▶️ right-pointing triangle;⏸️ double vertical bar;⏹️ black square for stop;
⏺️ black circle for record;⏭️ right-pointing double triangle with vertical bar;
⏮️ left-pointing double triangle with vertical bar;🔀 twisted rightwards arrows;
🔁 clockwise rightwards and leftwards open circle arrows;
🔂 clockwise rightwards and leftwards open circle arrows with circled one overlay;
📶 antenna with bars;🔴 large red circle;🟠 large orange circle;🟡 large yellow circle;
🟢 large green circle;🔵 large blue circle;🟣 large purple circle;🟤 large brown circle;
⚫ medium black circle;⚪ medium white circle;🟥 large red square;🟧 large orange square;
🟨 large yellow square;🟩 large green square;🟦 large blue square;🟪 large purple square;
⬛ large square;⬜ large square;🔶 large orange diamond;🔷 large blue diamond;
🔸 small orange diamond;🔹 small blue diamond;🔺 up-pointing red triangle;
🔻 down-pointing red triangle;🏁 chequered flag;🚩 triangular flag on post;🎌 crossed flags;
🏴 waving black flag;🏳️ waving white flag;ℹ️ information source|info;🆕 new;🆗 ok;🆒 cool;🆓 free;
🔟 keycap ten;©️ copyright sign;®️ registered sign;™️ trade mark sign;`,
};
