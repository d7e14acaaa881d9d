#include "emptor/identity/name.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

struct Expected {
  std::string_view raw;
  std::string_view given;
  std::string_view middle;
  std::string_view family;
  std::string_view extra = {};
  std::string_view title = {};
  std::string_view suffix = {};
};

void check(const std::vector<Expected>& table, const NameOptions& options = {}) {
  PersonName name;
  for (const auto& row : table) {
    INFO(row.raw);
    CHECK(normalise_name(row.raw, name, options) == FieldState::usable);
    CHECK(name.given == row.given);
    CHECK(name.middle == row.middle);
    CHECK(name.family == row.family);
    CHECK(name.extra == row.extra);
    CHECK(name.title == row.title);
    CHECK(name.suffix == row.suffix);
  }
}

}  // namespace

TEST_CASE("Names in either order, with particles, initials, titles and suffixes") {
  check({{"John Smith", "john", "", "smith"},
         {"  JOHN   smith ", "john", "", "smith"},
         {"Smith, John", "john", "", "smith"},
         {"John", "john", "", ""},
         {"Mr Smith", "", "", "smith", "", "mr"},
         {"Sir Wilmot", "wilmot", "", "", "", "sir"},
         {"Dr. John A. Smith Jr.", "john", "a", "smith", "", "dr", "jr"},
         {"Smith, John, Jr.", "john", "", "smith", "", "", "jr"},
         {"Smith Jr, John", "john", "", "smith", "", "", "jr"},
         {"Smith, John Ph.D.", "john", "", "smith", "", "", "phd"},
         {"Mr. & Mrs. John Smith", "john", "", "smith", "", "mr mrs"},
         {"J.R.R. Tolkien", "j", "r r", "tolkien"},
         {"King, Stephen", "stephen", "", "king"},
         {"Stephen King", "stephen", "", "king"},
         {"Earl Warren", "earl", "", "warren"},
         {"Smith, Earl", "earl", "", "smith"},
         {"O'Brien, Pat", "pat", "", "obrien"},
         {"O\u2019Brien, Pat", "pat", "", "obrien"},
         {"Jean-Pierre Martin", "jean", "pierre", "martin"},
         {"Mary Smith-Jones", "mary", "", "smith jones"},
         {"Sir Williams-Wynn, 7th Baronet", "", "", "williams wynn", "", "sir 7th baronet"},
         {"Ludwig van Beethoven", "ludwig", "", "van beethoven"},
         {"Beethoven, Ludwig van", "ludwig", "", "van beethoven"},
         {"van Beethoven, Ludwig", "ludwig", "", "van beethoven"},
         {"Vincent van der Berg", "vincent", "", "van der berg"},
         {"Juan de la Cruz", "juan", "", "de la cruz"},
         {"Maria Garcia y Lopez", "maria", "", "garcia y lopez"},
         {"John Y. Smith", "john", "y", "smith"},
         {"Osama bin Laden", "osama", "", "bin laden"},
         {"Haroun al-Rashid", "haroun", "", "al rashid"},
         {"Ronald Mc Donald", "ronald", "", "mcdonald"},
         {"Robert \"Bob\" Smith", "robert", "", "smith", "bob"},
         {"\"Bob\" Smith", "bob", "", "smith"},
         {"(John Smith)", "john", "", "smith"},
         {"M\u00fcller, J\u00fcrgen", "jurgen", "", "muller"},
         {"\uff2a\uff4f\uff48\uff4e\u3000\uff33\uff4d\uff49\uff54\uff48", "john", "", "smith"}});
}

TEST_CASE("Noble titles are no family names; what they name stays") {
  check({{"thomas clifford, 1st baron clifford of chudleigh", "thomas", "", "clifford", "chudleigh",
          "1st baron"},
         {"tom 1st baron clifford of chudleigh", "tom", "", "clifford", "chudleigh", "1st baron"},
         {"thomas of chudleigh", "thomas", "", "chudleigh"},
         {"thomas 1st chudleigh", "thomas", "", "chudleigh", "", "1st"},
         {"Clifford, Sir Thomas (Tom), 1st Baron Clifford of Chudleigh", "thomas", "", "clifford",
          "tom chudleigh", "sir 1st baron"},
         {"Arthur Wellesley, Duke of Wellington", "arthur", "", "wellesley", "wellington", "duke"},
         {"Duke of Wellington", "", "", "wellington", "", "duke"},
         {"sir john ross, 1st baronet", "john", "", "ross", "", "sir 1st baronet"},
         {"William Pitt the Younger", "william", "", "pitt", "", "younger"},
         {"The Hon. Charles Rolls", "charles", "", "rolls", "", "hon"},
         {"5th Marquess Lansdowne", "", "", "lansdowne", "", "5th marquess"},
         {"1st Baron Martin", "", "", "martin", "", "1st baron"},
         {"Princess Clotilde of Gotha", "clotilde", "", "gotha", "", "princess"},
         {"Viscount Novar", "", "", "novar", "", "viscount"},
         {"Thomas Hanbury, Sir", "thomas", "", "hanbury", "", "sir"},
         {"thomas hanbury sir", "thomas", "", "hanbury", "", "sir"},
         {"Sir John Smith, Bart.", "john", "", "smith", "", "sir", "bart"},
         {"Lionel Bart", "lionel", "", "bart"},
         {"St. George Fox-Pitt", "george", "", "fox pitt", "", "st"},
         {"Admiral of the Fleet Sir Michael de Robeck", "michael", "", "de robeck", "fleet",
          "admiral sir"},
         {"John de, Duke of Norfolk", "john", "", "de", "norfolk", "duke"},
         {"john de duke of norfolk", "john", "", "norfolk", "", "duke"},
         {"Moses Freudenberg (1860-1945)", "moses", "", "freudenberg"},
         {"simon,the younger gribelin", "simon", "", "gribelin", "", "younger"}});
}

TEST_CASE("Chinese, Japanese and Korean names have the family name first") {
  check({{"王伟", "伟", "", "王"},
         {"王偉", "伟", "", "王"},
         {"王小明", "小明", "", "王"},
         {"王 小明", "小明", "", "王"},
         {"王 小 明", "小明", "", "王"},
         {"歐陽修", "修", "", "欧阳"},
         {"王伟先生", "伟", "", "王", "", "先生"},
         {"王伟 (Wang Wei)", "伟", "", "王", "wang wei"},
         {"约翰·史密斯", "约翰", "", "史密斯"},
         {"山田太郎", "太郎", "", "山田"},
         {"山田 太郎", "太郎", "", "山田"},
         {"やまだ たろう", "たろう", "", "やまだ"},
         {"김철수", "철수", "", "김"},
         {"남궁민수", "민수", "", "남궁"},
         {"Wang Xiaoming", "xiaoming", "", "wang"},
         {"Wang Wei", "wei", "", "wang"},
         {"Wei Wang", "wei", "", "wang"},
         {"Xiao Ming Wang", "xiaoming", "", "wang"},
         {"Xiaoming Wang", "xiaoming", "", "wang"},
         {"Wang, Xiao-Ming", "xiaoming", "", "wang"}});
}

TEST_CASE("Names in other scripts have a Latin form") {
  struct Row {
    std::string_view raw, given, family, initials;
  };
  PersonName name;
  for (const auto& row :
       std::vector<Row>{{"王伟", "wei", "wang", "w"},
                        {"单雄信", "xiongxin", "shan", "x"},
                        {"吕布", "bu", "lu", "b"},
                        {"Wang Xiaoming", "xiaoming", "wang", "x"},
                        {"Александр Павлович Васильев", "aleksandr", "vasilev", "ap"},
                        {"Васильев Александр Павлович", "aleksandr", "vasilev", "ap"},
                        {"Дмитрий Чайковский", "dmitry", "chaykovsky", "d"},
                        {"Щукин, Юрий", "yury", "shchukin", "y"},
                        {"Γιώργος Παπαδόπουλος", "giorgos", "papadopoulos", "g"},
                        {"김철수", "철수", "김", "철"},
                        {"فيصل صديقي", "fisal", "sadiqi", "f"},
                        {"محمد خالد", "mahamad", "khalad", "m"},
                        {"یوسف علی", "yusaf", "ali", "y"},
                        {"عمر أحمد", "amar", "ahamad", "a"},
                        {"Ali علي", "ali", "ali", "a"},
                        {"គឹម តារា", "koem", "tara", "k"},
                        {"Thomas J. Clifford", "thomas", "clifford", "tj"}}) {
    INFO(row.raw);
    CHECK(normalise_name(row.raw, name) == FieldState::usable);
    CHECK(name.given_key() == row.given);
    CHECK(name.family_key() == row.family);
    CHECK(name.initials == row.initials);
  }
}

TEST_CASE("What is nobody's name, missing or no name") {
  PersonName name;
  for (const std::string_view raw : {"", "   ", "\t", "\xE3\x80\x80"}) {
    CHECK(normalise_name(raw, name) == FieldState::missing);
    CHECK(name.tokens.empty());
  }
  for (const std::string_view raw :
       {"unknown", "N/A", "-", "none", "NULL", "Test", "xxx", "customer", "Guest", "匿名", "未知",
        "无名氏", "Mr Unknown", "test customer", "unknown unknown", "John Doe", "?", "..."}) {
    INFO(raw);
    CHECK(normalise_name(raw, name) == FieldState::placeholder);
  }
  for (const std::string_view raw : {"john@example.org", "12 34", "1st Earl", "Sir"}) {
    INFO(raw);
    CHECK(normalise_name(raw, name) == FieldState::malformed);
    CHECK_FALSE(name.tokens.empty());
  }
  CHECK(normalise_name("Guest", name, {.part = NamePart::family}) == FieldState::usable);
  CHECK(normalise_name("Christopher Guest", name) == FieldState::usable);
  Placeholders own;
  own.add("Nemo");
  CHECK(normalise_name("Nemo", name, {.placeholders = &own}) == FieldState::placeholder);
  CHECK(normalise_name("Nemo", name) == FieldState::usable);
}

TEST_CASE("Columns of given names and of family names") {
  check({{"Mary Ann", "mary", "ann", ""},
         {"Dr. John", "john", "", "", "", "dr"},
         {"小明", "小明", "", ""},
         {"Morris II", "morris", "", "", "", "", "ii"},
         {"Morris I", "morris", "", "", "", "", "i"},
         {"Morris I.", "morris", "i", ""},
         {"J.", "j", "", ""}},
        {.part = NamePart::given});
  check({{"Smith Sr", "", "", "smith", "", "", "sr"},
         {"van der Berg", "", "", "van der berg"},
         {"歐陽", "", "", "欧阳"},
         {"Smith-Jones", "", "", "smith jones"},
         {"baron", "", "", "baron"},
         {"O'Neill", "", "", "oneill"}},
        {.part = NamePart::family});
  PersonName name;
  CHECK(normalise_name("单", name, {.part = NamePart::family}) == FieldState::usable);
  CHECK(name.latin_family == "shan");

  CHECK(normalise_name("Mary Ann", "van der Berg", name) == FieldState::usable);
  CHECK(name.given == "mary");
  CHECK(name.middle == "ann");
  CHECK(name.family == "van der berg");
  CHECK(name.initials == "ma");
  CHECK(normalise_name("unknown", "Smith", name) == FieldState::usable);
  CHECK(name.given.empty());
  CHECK(name.family == "smith");
  CHECK(normalise_name("", "", name) == FieldState::missing);
  CHECK(normalise_name("", "n/a", name) == FieldState::placeholder);
}

TEST_CASE("The family name first where the options say so") {
  check({{"Nagy László Péter", "laszlo", "peter", "nagy"}, {"Péter Nagy", "nagy", "", "peter"}},
        {.family_first = true});
}

TEST_CASE("Every word of a name with its role") {
  PersonName name;
  CHECK(normalise_name("Sir Tom Clifford of Chudleigh", name) == FieldState::usable);
  std::vector<std::string> words;
  std::vector<NameRole> roles;
  for (const auto& [text, role] : name.tokens) {
    words.emplace_back(text);
    roles.push_back(role);
  }
  CHECK(words == std::vector<std::string>{"sir", "tom", "clifford", "of", "chudleigh"});
  CHECK(roles == std::vector<NameRole>{NameRole::title, NameRole::given, NameRole::family,
                                       NameRole::link, NameRole::extra});
}

TEST_CASE("Any bytes may be a name") {
  PersonName name;
  const std::string long_word(1 << 20, 'a');
  CHECK(normalise_name(long_word, name) == FieldState::usable);
  CHECK(name.given.size() == long_word.size());
  std::string many;
  for (int i = 0; i < 100000; ++i) many += "王 b\xFF,(";
  CHECK(normalise_name(many, name) == FieldState::malformed);
  CHECK(name.tokens.size() == 200000);
  CHECK(normalise_name("John \"Smith", name) == FieldState::usable);
  CHECK(name.family == "smith");
  CHECK(normalise_name("\xFF\xFE", name) == FieldState::placeholder);
  CHECK(normalise_name(",,, Smith ,, John", name) == FieldState::usable);
  CHECK(name.family == "smith");
}

TEST_CASE("An initial fits the names it begins") {
  CHECK(initial_fits("j", "john"));
  CHECK(initial_fits("john", "j"));
  CHECK(initial_fits("j", "j"));
  CHECK_FALSE(initial_fits("jo", "john"));
  CHECK_FALSE(initial_fits("j", "mary"));
  CHECK_FALSE(initial_fits("", "mary"));
  CHECK(initial_fits("э", "эмма"));
}
