#pragma once
// The generator's words, from general knowledge. Thread safety: constants.

#include <string_view>

namespace emptor::detail::generator::lists {

// By falling frequency; short forms behind a slash.
inline constexpr std::string_view english_men =
    "James/Jim/Jimmy/Jamie John/Johnny/Jack Robert/Bob/Rob/Bobby Michael/Mike/Mick/Mikey "
    "William/Bill/Will/Billy David/Dave/Davy Richard/Rick/Dick/Rich Joseph/Joe/Joey "
    "Thomas/Tom/Tommy Charles/Charlie/Chuck Christopher/Chris/Kit Daniel/Dan/Danny "
    "Matthew/Matt Anthony/Tony Mark Donald/Don/Donnie Steven/Steve Paul Andrew/Andy/Drew "
    "Joshua/Josh Kenneth/Ken/Kenny Kevin/Kev Brian George Timothy/Tim Ronald/Ron/Ronnie "
    "Edward/Ed/Eddie/Ted/Ned Jason Jeffrey/Jeff Ryan Jacob/Jake Gary Nicholas/Nick/Nicky Eric "
    "Jonathan/Jon/Jonny Stephen/Steve Larry Justin Scott Brandon Benjamin/Ben/Benny "
    "Samuel/Sam/Sammy Gregory/Greg Alexander/Alex/Sandy Patrick/Pat/Paddy Frank/Frankie "
    "Raymond/Ray Jack Dennis/Den Jerry Tyler Aaron Jose Adam Nathan/Nate Henry/Harry/Hank "
    "Zachary/Zach Douglas/Doug Peter/Pete Kyle Noah Ethan Jeremy Walter/Walt/Wally Christian "
    "Keith Roger Terry Austin Sean Gerald/Gerry Carl Harold/Hal/Harry Dylan Arthur/Art "
    "Lawrence/Larry/Laurie Jordan Jesse Bryan Bruce Gabriel/Gabe Joe Logan Alan/Al Juan "
    "Albert/Al/Bert "
    "Willie Elijah/Eli Wayne Randy Vincent/Vince Mason Roy Ralph Bobby Russell/Russ Bradley/Brad "
    "Philip/Phil Eugene/Gene Liam Oliver/Ollie Louis/Lou Simon/Si Graham Neil Ian Stuart/Stu Colin "
    "Trevor Nigel Derek Malcolm Leonard/Len/Lenny Frederick/Fred/Freddie Clive Geoffrey/Geoff "
    "Gordon Hugh Callum Rhys Owen Connor Lewis Harvey Toby Dominic/Dom Theodore/Theo/Ted "
    "Maxwell/Max Sebastian/Seb Isaac/Ike Caleb Luke Marcus Stanley/Stan Clarence Ernest/Ernie "
    "Leroy Floyd Clifford/Cliff Herbert/Herb/Bert Marvin/Marv Mohammed Omar Raj Carlos Luis Miguel "
    "Diego Antonio Angel Victor/Vic Ivan Oscar Felix Hector Rafael Fernando";
inline constexpr std::string_view english_women =
    "Mary/Molly/Polly/May Patricia/Pat/Patty/Tricia Jennifer/Jen/Jenny/Jenn Linda/Lindy "
    "Elizabeth/Liz/Beth/Betty/Lizzie/Eliza Barbara/Barb/Babs Susan/Sue/Susie Jessica/Jess/Jessie "
    "Sarah/Sally Karen Lisa Nancy/Nan Betty Sandra/Sandy Margaret/Maggie/Peggy/Meg Ashley "
    "Kimberly/Kim "
    "Emily/Em/Emmy Donna Michelle/Shelly Carol Amanda/Mandy Melissa/Mel/Missy Deborah/Deb/Debbie "
    "Stephanie/Steph Rebecca/Becky/Becca Sharon/Shaz Laura/Laurie Cynthia/Cindy Dorothy/Dot/Dottie "
    "Amy Kathleen/Kathy/Kath Angela/Angie Shirley Emma/Em Brenda Pamela/Pam Nicole/Nicky "
    "Anna/Annie "
    "Samantha/Sam/Sammy Katherine/Kate/Kathy/Katie/Kit Christine/Chris/Chrissy/Tina Debra/Deb "
    "Rachel "
    "Carolyn Janet/Jan Maria Olivia/Liv/Livvy Heather Helen/Nell Catherine/Cath/Cathy/Kate "
    "Diane/Di "
    "Julie/Jules Victoria/Vicky/Tori Joyce Lauren Kelly Christina/Tina/Chris Ruth Joan/Joanie "
    "Virginia/Ginny Judith/Judy Evelyn/Evie Hannah Andrea Megan/Meg Cheryl Jacqueline/Jackie "
    "Madison/Maddie "
    "Teresa/Terry/Tess Abigail/Abby/Gail Sophia/Sophie Martha Sara Gloria Janice/Jan "
    "Kathryn/Kathy/Kate "
    "Ann/Annie/Nan Isabella/Izzy/Bella Judy Charlotte/Lottie/Charlie Julia Grace/Gracie Amber "
    "Alice "
    "Jean/Jeanie Denise Frances/Fran/Fanny Danielle/Dani Marilyn Natalie/Nat Beverly/Bev Diana/Di "
    "Brittany/Britt Theresa/Tess Kayla Alexis/Lexi Doris Lori Tiffany/Tiff Chloe Gemma Claire "
    "Louise/Lou "
    "Joanne/Jo Tracy Alison/Ali Hazel Fiona Zoe Lucy/Lu Eleanor/Ellie/Nell/Nora Isobel/Izzy Poppy "
    "Daisy Florence/Flo Freya Imogen Jasmine/Jas Harriet/Hattie Matilda/Tilly Rosemary/Rose/Rosie "
    "Penelope/Penny Philippa/Pippa Gillian/Gill Hilary Josephine/Jo/Josie Caroline/Caz/Carrie "
    "Valerie/Val Eileen Irene Sheila Maureen/Mo Bridget/Biddy Winifred/Winnie Edith/Edie "
    "Mildred/Millie "
    "Agnes/Aggie Rosa Carmen Lucia Ana Elena Sofia Camila Valentina Fatima Aisha Priya Anita Leila";
inline constexpr std::string_view german_men =
    "Thomas/Tom Michael/Micha Andreas/Andi Peter Stefan Christian/Chris Hans Klaus Wolfgang/Wolf "
    "Jürgen Martin Frank Uwe Markus Alexander/Alex Bernd Matthias/Matze Jan Daniel/Dani Heinz "
    "Dieter "
    "Tobias/Tobi Sebastian/Basti Werner Ralf Florian/Flo Jörg Jens Philipp Lukas/Luki Felix "
    "Günther "
    "Manfred/Manni Helmut Karl Johannes/Hannes Tim Maximilian/Max Jonas Paul Leon Niklas "
    "Gerhard/Gerd "
    "Friedrich/Fritz Björn Kurt Horst Rüdiger Sven";
inline constexpr std::string_view german_women =
    "Ursula/Uschi Sabine Monika/Moni Petra Anna Maria Christina/Tina Susanne/Susi Andrea Birgit "
    "Gabriele/Gabi Stefanie/Steffi Julia Claudia Nicole Karin Katharina/Kathi Renate Martina "
    "Barbara/Bärbel Brigitte/Gitte Heike Angelika/Geli Silke Sandra Elisabeth/Lisbeth Anja Laura "
    "Lena Sarah Ingrid Johanna/Hanna Franziska/Franzi Kerstin Hannelore/Hanne Melanie/Mel Käthe "
    "Emma Mia Lea Sophie Marie Gisela Helga Bärbel Ute";
inline constexpr std::string_view french_men =
    "Jean Pierre/Pierrot Michel Philippe/Phil André Alain Jacques Bernard Nicolas/Nico "
    "Christophe/Chris Laurent Daniel Thomas/Tom Julien François Frédéric/Fred Éric Olivier "
    "Stéphane/Steph Patrick Sébastien/Seb Alexandre/Alex Antoine/Toine Guillaume Jérôme Vincent "
    "Mathieu Benoît Hervé Gérard Rémi René Loïc Gaël Théo Hugo Lucas Léo Noël Maxime/Max Raphaël "
    "Étienne Cédric Grégoire/Greg Émile";
inline constexpr std::string_view french_women =
    "Marie Nathalie/Nath Isabelle/Isa Sylvie Catherine/Cathy Françoise Martine Christine Monique "
    "Valérie/Val Sandrine Véronique/Véro Stéphanie/Steph Céline Aurélie Émilie Camille/Cam Chloé "
    "Léa Manon Inès Zoé Hélène Geneviève Brigitte Anne Sophie Julie Élodie Mélanie Jeanne "
    "Charlotte/Charlie Laëtitia Noémie Agnès Thérèse Élisabeth/Babeth Pauline Margaux Clémence "
    "Lucie Océane Maëlle Jacqueline";

inline constexpr std::string_view english_families =
    "Smith Johnson Williams Brown Jones Miller Davis Wilson Taylor Anderson Thomas Moore Martin "
    "Jackson Thompson White Harris Clark Lewis Robinson Walker Hall Young Allen King Wright Scott "
    "Green Baker Adams Nelson Hill Campbell Mitchell Roberts Carter Phillips Evans Turner Parker "
    "Collins Edwards Stewart Morris Murphy Cook Rogers Morgan Cooper Peterson Bailey Reed Kelly "
    "Howard Cox Ward Richardson Watson Brooks Wood James Bennett Gray Hughes Price Myers Long "
    "Foster "
    "Sanders Ross Powell Sullivan Russell Perry Butler Barnes Fisher Henderson Coleman Simmons "
    "Patterson Jordan Reynolds Hamilton Graham Wallace Cole West Owens Hayes Gibson Ellis Harrison "
    "Stevens Murray Ford Marshall Mason Wells Webb Simpson Tucker Porter Hunter Hicks Crawford "
    "Boyd "
    "Kennedy Warren Dixon Burns Gordon Shaw Rice Robertson Hunt Black Daniels Palmer Mills Nichols "
    "Grant Knight Ferguson Rose Stone Hawkins Dunn Perkins Hudson Spencer Gardner Stephens Payne "
    "Pierce Berry Matthews Arnold Wagner Willis Ray Watkins Olson Carroll Duncan Snyder Hart "
    "Cunningham Bradley Lane Andrews Harper Fox Riley Armstrong Carpenter Weaver Greene Lawrence "
    "Elliott Sims Austin Peters Franklin Lawson Fields Ryan Schmidt Carr Wheeler Chapman Oliver "
    "Montgomery Richards Williamson Johnston Banks Meyer Bishop McCoy Howell Morrison Hansen Garza "
    "Harvey Little Burton Stanley Nguyen George Jacobs Reid Kim Fuller Lynch Dean Gilbert Garrett "
    "Welch Larson Frazier Burke Hanson Day Mendoza Moreno Bowman Medina Fowler Brewer Hoffman "
    "Carlson "
    "Silva Pearson Holland Douglas Fleming Jensen Vargas Byrd Davidson Hopkins May Terry Herrera "
    "Wade "
    "Soto Walters Curtis Neal Caldwell Lowe Jennings Barnett Graves Jimenez Horton Shelton Barrett "
    "O'Brien Castro Sutton Gregory McKinney Lucas Miles Craig Rodriquez Chambers Holt Lambert "
    "Fletcher "
    "Watts Bates Hale Rhodes Pena Beck Newman Haynes McDaniel Mendez Bush Vaughn Parks Dawson "
    "Santiago "
    "Norris Hardy Love Steele Curry Powers Schultz Barker Guzman Page Munoz Ball Keller Chandler "
    "Weber "
    "Leonard Walsh Lyons Ramsey Wolfe Schneider Mullins Benson Sharp Bowen Daniel Barber Cummings "
    "Hines Baldwin Griffith Valdez Hubbard Salazar Reeves Warner Stevenson Burgess Santos Tate "
    "Cross "
    "Garner Mann Mack Moss Thornton Dennis McGee Farmer Delgado Aguilar Vega Glover Manning Cohen "
    "Harmon Rodgers Robbins Newton Todd Blair Higgins Ingram Reese Cannon Strickland Townsend "
    "Potter "
    "Goodwin Walton Rowe Hampton Ortega Patton Swanson Joseph Francis Goodman Maldonado Yates "
    "Becker "
    "Erickson Hodges Rios Conner Adkins Webster Norman Malone Hammond Flowers Cobb Moody Quinn "
    "Blake "
    "Maxwell Pope Floyd Osborne Paul McCarthy Guerrero Lindsey Estrada Sandoval Gibbs Tyler Gross "
    "Garcia Martinez Rodriguez Hernandez Lopez Gonzalez Perez Sanchez Ramirez Torres Flores Rivera "
    "Gomez Diaz Cruz Reyes Morales Ortiz Gutierrez Chavez Ramos Ruiz Alvarez Castillo Patel Singh "
    "Khan "
    "Ahmed Ali Shah Begum Hussain Lloyd Griffiths Pritchard Hewitt Holmes Saunders Bradshaw "
    "Whittaker "
    "Ashworth Barlow Atkinson Dodd Sinclair MacDonald Fraser McKenzie O'Connor O'Neill Byrne Doyle";
inline constexpr std::string_view german_families =
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer "
    "Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange "
    "Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter "
    "Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich "
    "Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon "
    "Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel "
    "Heinrich Brandt Haas Schreiber Graf Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch "
    "Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer";
inline constexpr std::string_view french_families =
    "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre "
    "Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau "
    "Vincent "
    "Muller Lefèvre Faure André Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand "
    "Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson "
    "Marchand "
    "Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard Giraud Joly Rivière "
    "Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy Leroux Colin "
    "Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois "
    "Pierre Benoît Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte";

inline constexpr std::string_view chinese_families =
    "李li 王wang 张zhang 刘liu 陈chen 杨yang 赵zhao 黄huang 周zhou 吴wu 徐xu 孙sun 胡hu 朱zhu "
    "高gao 林lin "
    "何he 郭guo 马ma 罗luo 梁liang 宋song 郑zheng 谢xie 韩han 唐tang 冯feng 于yu 董dong 萧xiao "
    "程cheng "
    "曹cao 袁yuan 邓deng 许xu 傅fu 沈shen 曾zeng 彭peng 吕lu 苏su 卢lu 蒋jiang 蔡cai 贾jia 丁ding "
    "魏wei "
    "薛xue 叶ye 阎yan 余yu 潘pan 杜du 戴dai 夏xia 钟zhong 汪wang 田tian 任ren 姜jiang 范fan 方fang "
    "石shi "
    "姚yao 谭tan 廖liao 邹zou 熊xiong 金jin 陆lu 郝hao 孔kong 白bai 崔cui 康kang 毛mao 邱qiu 秦qin "
    "江jiang "
    "史shi 顾gu 侯hou 邵shao 孟meng 龙long 万wan 段duan 雷lei 钱qian 汤tang 尹yin 黎li 易yi "
    "常chang 武wu "
    "乔qiao 贺he 赖lai 龚gong 文wen 庞pang 樊fan 兰lan 殷yin 施shi 陶tao 洪hong 翟zhai 安an 颜yan "
    "倪ni "
    "严yan 牛niu 温wen 芦lu 季ji 俞yu 章zhang 鲁lu 葛ge 伍wu 韦wei 申shen 尤you 毕bi 聂nie 丛cong "
    "焦jiao "
    "向xiang 柳liu 邢xing 路lu 岳yue 齐qi 梅mei 莫mo 庄zhuang 辛xin 管guan 祝zhu 左zuo 涂tu 谷gu "
    "祁qi "
    "时shi 舒shu 耿geng 牟mu 卜bu 詹zhan 关guan 苗miao 凌ling 费fei 纪ji 靳jin 盛sheng 童tong 欧ou "
    "甄zhen "
    "项xiang 曲qu 成cheng 游you 阳yang 裴pei 席xi 卫wei 查zha 屈qu 鲍bao 位wei 覃qin 霍huo 翁weng "
    "隋sui "
    "植zhi 甘gan 景jing 薄bo 单shan 仇qiu 解xie 区ou 朴piao 盖ge 欧阳ouyang 司马sima 上官shangguan "
    "诸葛zhuge 夏侯xiahou 皇甫huangfu";
inline constexpr std::string_view chinese_men =
    "伟wei 强qiang 军jun 勇yong 杰jie 涛tao 明ming 超chao 波bo 辉hui 鹏peng 刚gang 建jian 国guo "
    "华hua "
    "平ping 文wen 志zhi 斌bin 俊jun 林lin 浩hao 宇yu 峰feng 晓xiao 海hai 磊lei 飞fei 龙long "
    "亮liang "
    "小xiao 东dong 永yong 春chun 子zi 天tian 家jia 光guang 德de 成cheng 新xin 健jian 凯kai 江jiang "
    "宏hong "
    "博bo 毅yi 泽ze 旭xu 轩xuan 翔xiang 睿rui 思si 一yi 嘉jia 世shi 正zheng 学xue 庆qing 振zhen "
    "立li "
    "祥xiang 福fu 贵gui 生sheng 良liang 清qing 云yun 安an 山shan 松song 柏bai 兵bing 洋yang 威wei "
    "昊hao "
    "然ran 晨chen 瑞rui 鑫xin 诚cheng 帅shuai 进jin 荣rong 胜sheng 武wu 兴xing 彬bin 阳yang 康kang "
    "义yi "
    "仁ren 信xin 忠zhong 孝xiao 利li 富fu 民min 少shao 大da 金jin 银yin 玉yu 石shi 森sen 楠nan "
    "航hang "
    "远yuan 梓zi 铭ming 锋feng 钧jun 哲zhe 恒heng 启qi 维wei 显xian 耀yao 坤kun 乾qian";
inline constexpr std::string_view chinese_women =
    "丽li 芳fang 娜na 秀xiu 敏min 静jing 霞xia 燕yan 红hong 玲ling 桂gui 英ying 兰lan 梅mei 艳yan "
    "娟juan "
    "萍ping 洁jie 婷ting 雪xue 慧hui 莉li 琳lin 倩qian 华hua 玉yu 小xiao 晓xiao 颖ying 琴qin 云yun "
    "春chun 丹dan 蓉rong 珍zhen 莹ying 佳jia 文wen 欣xin 怡yi 雨yu 梦meng 月yue 嘉jia 思si 雅ya "
    "美mei "
    "蕾lei 薇wei 菲fei 凤feng 淑shu 素su 亚ya 爱ai 翠cui 珊shan 莎sha 璐lu 瑶yao 媛yuan 彤tong "
    "晶jing "
    "妍yan 茜qian 秋qiu 香xiang 露lu 瑛ying 凡fan 青qing 惠hui 巧qiao 岚lan 苑yuan 婕jie 馨xin "
    "瑗yuan "
    "荔li 枫feng 芸yun 菊ju 勤qin 贞zhen 荷he 真zhen 宜yi 可ke 诗shi 涵han 琪qi 悦yue 子zi 梓zi "
    "萱xuan "
    "语yu 若ruo 紫zi 冰bing 清qing 宁ning 乐le 安an 柔rou 婉wan 妮ni 娇jiao 曼man 荣rong 君jun";

inline constexpr std::string_view western_providers =
    "gmail.com yahoo.com hotmail.com outlook.com icloud.com aol.com msn.com live.com comcast.net "
    "me.com proton.me mail.com";
inline constexpr std::string_view british_providers =
    "gmail.com hotmail.co.uk yahoo.co.uk outlook.com btinternet.com icloud.com sky.com live.co.uk "
    "talktalk.net virginmedia.com";
inline constexpr std::string_view german_providers =
    "gmail.com gmx.de web.de t-online.de googlemail.com hotmail.com yahoo.de outlook.de freenet.de";
inline constexpr std::string_view french_providers =
    "gmail.com orange.fr hotmail.fr free.fr yahoo.fr wanadoo.fr sfr.fr outlook.fr laposte.net";
inline constexpr std::string_view chinese_providers =
    "qq.com 163.com 126.com foxmail.com sina.com gmail.com 139.com sohu.com aliyun.com";

inline constexpr std::string_view english_streets =
    "Main High Oak Park Church Maple Station Washington Victoria Cedar London Pine Lake Hill Elm "
    "Walnut Spring North Green Ridge Mill King Queen Lincoln Jackson Forest River Manor Grange "
    "Meadow Sunset Franklin Jefferson Cherry Dogwood Hickory Willow Chestnut Grove School Orchard "
    "Windsor York Albert George Highland Madison Center Adams Locust Spruce Birch Valley Fairview";
inline constexpr std::string_view german_streets =
    "Haupt Schul Garten Bahnhof Dorf Berg Birken Linden Kirch Wald Ring Wiesen Amsel Buchen Mühlen "
    "Goethe Schiller Mozart Rosen Feld Eichen Brunnen Tannen Jahn Mittel Post Ahorn Industrie";
inline constexpr std::string_view french_streets =
    "de_l'Église de_la_Gare du_Moulin des_Écoles Victor_Hugo de_la_République Pasteur de_Paris "
    "Jean_Jaurès de_la_Paix du_Château des_Lilas de_la_Fontaine Gambetta Voltaire des_Jardins "
    "du_Stade de_Verdun de_la_Mairie du_Général_de_Gaulle des_Rosiers Jules_Ferry Émile_Zola";
inline constexpr std::string_view road_characters =
    "文 建 中 人 民 解 放 南 北 京 东 西 长 江 和 平 新 华 光 明 学 院 胜 利 花 园 青 年 湖 滨 河 "
    "海 天 山 "
    "府 虹 桥 金 玉 兴 工 农 友 谊 体 育 春 秋 复 古 田 林 石 龙 凤 翠 竹 桃 柳 云 迎 宾 仁 爱 忠 "
    "孝";
inline constexpr std::string_view province_cities =
    "/上海shanghai /北京beijing /重庆chongqing /天津tianjin 广东省/广州guangzhou "
    "广东省/深圳shenzhen "
    "四川省/成都chengdu 浙江省/杭州hangzhou 湖北省/武汉wuhan 江苏省/南京nanjing 陕西省/西安xian "
    "江苏省/苏州suzhou 河南省/郑州zhengzhou 湖南省/长沙changsha 广东省/东莞dongguan "
    "山东省/青岛qingdao "
    "辽宁省/沈阳shenyang 浙江省/宁波ningbo 云南省/昆明kunming 辽宁省/大连dalian 广东省/佛山foshan "
    "福建省/厦门xiamen 福建省/福州fuzhou 江苏省/无锡wuxi 安徽省/合肥hefei 山东省/济南jinan "
    "黑龙江省/哈尔滨haerbin 吉林省/长春changchun 河北省/石家庄shijiazhuang 江西省/南昌nanchang "
    "贵州省/贵阳guiyang 山西省/太原taiyuan 甘肃省/兰州lanzhou 海南省/海口haikou 浙江省/温州wenzhou "
    "福建省/泉州quanzhou 江苏省/常州changzhou 江苏省/徐州xuzhou 山东省/烟台yantai "
    "河北省/唐山tangshan "
    "河南省/洛阳luoyang 湖北省/宜昌yichang 广东省/惠州huizhou 广东省/珠海zhuhai "
    "四川省/绵阳mianyang "
    "浙江省/绍兴shaoxing 浙江省/嘉兴jiaxing 浙江省/金华jinhua 江苏省/扬州yangzhou "
    "湖南省/株洲zhuzhou";

}  // namespace emptor::detail::generator::lists
