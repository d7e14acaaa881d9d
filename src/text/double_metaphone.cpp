// Philips' rules, letter by letter, each with a name that it is for.

#include "emptor/text/phonetic.hpp"
#include "text/phonetic_letters.hpp"

namespace emptor {
namespace {

class Metaphone {
 public:
  Metaphone(std::string_view text, std::size_t longest) : text_(text), longest_(longest) {}

  MetaphoneKeys keys() {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      slavo_germanic_ |= text_.at(i, {"W", "K", "CZ"});
    }
    if (text_.at(0, {"GN", "KN", "PN", "WR", "PS"})) i_ = 1;
    if (text_[0] == 'X') {
      add("S");  // Xavier
      i_ = 1;
    }
    while (i_ < text_.size() &&
           (keys_.primary.size() < longest_ || keys_.secondary.size() < longest_)) {
      i_ += letter();
    }
    if (keys_.primary.size() > longest_) keys_.primary.resize(longest_);
    if (keys_.secondary.size() > longest_) keys_.secondary.resize(longest_);
    return keys_;
  }

 private:
  using Words = std::initializer_list<std::string_view>;

  void add(std::string_view both) { add(both, both); }
  void add(std::string_view primary, std::string_view secondary) {
    keys_.primary += primary;
    keys_.secondary += secondary;
  }

  /// Words from `offset` letters after this one.
  [[nodiscard]] bool here(std::ptrdiff_t offset, Words words) const {
    return text_.at(i_ + static_cast<std::size_t>(offset), words);
  }
  [[nodiscard]] bool start(Words words) const { return text_.at(0, words); }
  [[nodiscard]] bool germanic() const { return start({"VAN ", "VON ", "SCH"}); }
  [[nodiscard]] bool vowel(std::ptrdiff_t offset) const {
    return here(offset, {"A", "E", "I", "O", "U", "Y"});
  }
  [[nodiscard]] bool first() const { return i_ == 0; }
  [[nodiscard]] bool last() const { return i_ + 1 == text_.size(); }
  /// Letters to go on by: two where the letter is doubled.
  [[nodiscard]] std::size_t doubled() const { return text_[i_ + 1] == text_[i_] ? 2 : 1; }

  std::size_t one_sound(std::string_view sound) {
    add(sound);
    return doubled();
  }

  /// Adds the sounds of the letter at i_; returns how many letters they took.
  std::size_t letter() {
    switch (text_[i_]) {
      case 'A':
      case 'E':
      case 'I':
      case 'O':
      case 'U':
      case 'Y':
        if (first()) add("A");
        return 1;
      case 'B':
        return one_sound("P");
      case 'C':
        return c();
      case 'D':
        return d();
      case 'F':
        return one_sound("F");
      case 'G':
        return g();
      case 'H':
        if ((first() || vowel(-1)) && vowel(1)) {
          add("H");
          return 2;
        }
        return 1;
      case 'J':
        return j();
      case 'K':
        return one_sound("K");
      case 'L':
        return l();
      case 'M':
        add("M");
        return (here(-1, {"UMB"}) && (i_ + 2 == text_.size() || here(2, {"ER"}))) || doubled() == 2
                   ? 2
                   : 1;  // dumb, thumb
      case 'N':
        return one_sound("N");
      case 'P':
        if (text_[i_ + 1] == 'H') {
          add("F");
          return 2;
        }
        add("P");
        return here(1, {"P", "B"}) ? 2 : 1;  // Campbell, raspberry
      case 'Q':
        return one_sound("K");
      case 'R':
        // French: Rogier, but Hochmeier
        add(last() && !slavo_germanic_ && here(-2, {"IE"}) && !here(-4, {"ME", "MA"}) ? "" : "R",
            "R");
        return doubled();
      case 'S':
        return s();
      case 'T':
        return t();
      case 'V':
        return one_sound("F");
      case 'W':
        return w();
      case 'X':
        // French: Breaux
        if (!(last() && here(-3, {"IAU", "EAU"})) && !(last() && here(-2, {"AU", "OU"}))) {
          add("KS");
        }
        return here(1, {"C", "X"}) ? 2 : 1;
      case 'Z':
        return z();
      default:
        return 1;
    }
  }

  std::size_t c() {
    if (i_ > 1 && !vowel(-2) && here(-1, {"ACH"}) && text_[i_ + 2] != 'I' &&
        (text_[i_ + 2] != 'E' || here(-2, {"BACHER", "MACHER"}))) {
      add("K");  // Bach, Macher
      return 2;
    }
    if (first() && here(0, {"CAESAR"})) {
      add("S");
      return 2;
    }
    if (here(0, {"CHIA"})) {
      add("K");  // Chianti
      return 2;
    }
    if (here(0, {"CH"})) return ch();
    if (here(0, {"CZ"}) && !here(-2, {"WICZ"})) {
      add("S", "X");  // Czerny
      return 2;
    }
    if (here(1, {"CIA"})) {
      add("X");  // focaccia
      return 3;
    }
    if (here(0, {"CC"}) && !(i_ == 1 && text_[0] == 'M')) {  // but McClellan
      if (here(2, {"I", "E", "H"}) && !here(2, {"HU"})) {
        // accident, succeed; Bacci, Bertucci
        add((i_ == 1 && text_[0] == 'A') || here(-1, {"UCCEE", "UCCES"}) ? "KS" : "X");
        return 3;
      }
      add("K");  // Pierce's rule
      return 2;
    }
    if (here(0, {"CK", "CG", "CQ"})) {
      add("K");
      return 2;
    }
    if (here(0, {"CI", "CE", "CY"})) {
      add("S", here(0, {"CIO", "CIE", "CIA"}) ? "X" : "S");
      return 2;
    }
    add("K");
    if (here(1, {" C", " Q", " G"})) return 3;  // Mac Caffrey, Mac Gregor
    return here(1, {"C", "K", "Q"}) && !here(1, {"CE", "CI"}) ? 2 : 1;
  }

  std::size_t ch() {
    if (!first() && here(0, {"CHAE"})) {
      add("K", "X");  // Michael
    } else if (first() && here(1, {"HARAC", "HARIS", "HOR", "HYM", "HIA", "HEM"}) &&
               !start({"CHORE"})) {
      add("K");  // Greek: chorus, chemistry
    } else if (germanic() || here(-2, {"ORCHES", "ARCHIT", "ORCHID"}) || here(2, {"T", "S"}) ||
               ((first() || here(-1, {"A", "O", "U", "E"})) &&
                here(2, {"L", "R", "N", "M", "B", "H", "F", "V", "W", " "}))) {
      add("K");  // Wachtler, Wechsler, but Tichner
    } else if (first()) {
      add("X");
    } else if (start({"MC"})) {
      add("K");  // McHugh
    } else {
      add("X", "K");
    }
    return 2;
  }

  std::size_t d() {
    if (here(0, {"DGI", "DGE", "DGY"})) {
      add("J");  // edge
      return 3;
    }
    if (here(0, {"DG"})) {
      add("TK");  // Edgar
      return 2;
    }
    add("T");
    return here(1, {"T", "D"}) ? 2 : 1;
  }

  std::size_t g() {
    const char following = text_[i_ + 1];
    if (following == 'H') return gh();
    if (following == 'N') {
      if (i_ == 1 && vowel(-1) && !slavo_germanic_) {
        add("KN", "N");
      } else if (!here(2, {"EY"}) && !slavo_germanic_) {
        add("N", "KN");  // but Cagney
      } else {
        add("KN");
      }
      return 2;
    }
    if (here(1, {"LI"}) && !slavo_germanic_) {
      add("KL", "L");  // Tagliaro
      return 2;
    }
    if (first() &&
        here(1, {"Y", "ES", "EP", "EB", "EL", "EY", "IB", "IL", "IN", "IE", "EI", "ER"})) {
      add("K", "J");
      return 2;
    }
    if (here(1, {"ER", "Y"}) && !start({"DANGER", "RANGER", "MANGER"}) && !here(-1, {"E", "I"}) &&
        !here(-1, {"RGY", "OGY"})) {
      add("K", "J");
      return 2;
    }
    if (here(1, {"E", "I", "Y"}) || here(-1, {"AGGI", "OGGI"})) {
      if (germanic() || here(1, {"ET"})) {
        add("K");
      } else {
        add("J", here(1, {"IER "}) ? "J" : "K");  // always soft with a French ending
      }
      return 2;
    }
    add("K");
    return following == 'G' ? 2 : 1;
  }

  std::size_t gh() {
    if (first()) {
      add(text_[2] == 'I' ? "J" : "K");  // Ghislane, Ghiradelli
    } else if (!vowel(-1)) {
      add("K");
    } else if ((i_ > 1 && here(-2, {"B", "H", "D"})) || (i_ > 2 && here(-3, {"B", "H", "D"})) ||
               (i_ > 3 && here(-4, {"B", "H"}))) {
      // Parker's rule: Hugh, bough, Broughton are silent
    } else if (i_ > 2 && text_[i_ - 1] == 'U' && here(-3, {"C", "G", "L", "R", "T"})) {
      add("F");  // laugh, McLaughlin, Gough
    } else if (text_[i_ - 1] != 'I') {
      add("K");
    }
    return 2;
  }

  std::size_t j() {
    const bool san = start({"SAN "});
    if (here(0, {"JOSE"}) || san) {
      if ((first() && text_[i_ + 4] == ' ') || san) {
        add("H");  // José, San Jacinto
      } else {
        add("J", "H");
      }
      return 1;
    }
    if (first()) {
      add("J", "A");  // Yankelovich, Jankelowicz
    } else if (vowel(-1) && !slavo_germanic_ && here(1, {"A", "O"})) {
      add("J", "H");  // Spanish: Bajador
    } else if (last()) {
      add("J", "");
    } else if (!here(1, {"L", "T", "K", "S", "N", "M", "B", "Z"}) && !here(-1, {"S", "K", "L"})) {
      add("J");
    }
    return doubled();
  }

  std::size_t l() {
    if (text_[i_ + 1] != 'L') {
      add("L");
      return 1;
    }
    const std::size_t end = text_.size();
    const bool spanish_end = text_.at(end - 2, {"AS", "OS"}) || text_.at(end - 1, {"A", "O"});
    const bool spanish = (i_ + 3 == end && here(-1, {"ILLO", "ILLA", "ALLE"})) ||
                         (spanish_end && here(-1, {"ALLE"}));  // Cabrillo, Gallegos
    add("L", spanish ? "" : "L");
    return 2;
  }

  std::size_t s() {
    if (here(-1, {"ISL", "YSL"})) return 1;  // island, Carlisle
    if (first() && here(0, {"SUGAR"})) {
      add("X", "S");
      return 1;
    }
    if (here(0, {"SH"})) {
      add(here(1, {"HEIM", "HOEK", "HOLM", "HOLZ"}) ? "S" : "X");
      return 2;
    }
    if (here(0, {"SIO", "SIA"})) {
      add("S", slavo_germanic_ ? "S" : "X");  // Italian and Armenian
      return 3;
    }
    if ((first() && here(1, {"M", "N", "L", "W"})) || here(1, {"Z"})) {
      add("S", "X");  // Smith and Schmidt, Snider and Schneider; Hungarian sz
      return here(1, {"Z"}) ? 2 : 1;
    }
    if (here(0, {"SC"})) return sc();
    add(last() && here(-2, {"AI", "OI"}) ? "" : "S", "S");  // French: Resnais, Artois
    return here(1, {"S", "Z"}) ? 2 : 1;
  }

  std::size_t sc() {
    if (text_[i_ + 2] == 'H') {
      if (here(3, {"ER", "EN"})) {
        add("X", "SK");  // Schermerhorn, Schenker
      } else if (here(3, {"OO", "UY", "ED", "EM"})) {
        add("SK");  // Dutch: school, schooner
      } else {
        add("X", first() && !vowel(3) && text_[3] != 'W' ? "S" : "X");
      }
    } else {
      add(here(2, {"I", "E", "Y"}) ? "S" : "SK");
    }
    return 3;
  }

  std::size_t t() {
    if (here(0, {"TION", "TIA", "TCH"})) {
      add("X");
      return 3;
    }
    if (here(0, {"TH", "TTH"})) {
      if (here(2, {"OM", "AM"}) || germanic()) {
        add("T");  // Thomas, Thames
      } else {
        add("0", "T");
      }
      return 2;
    }
    add("T");
    return here(1, {"T", "D"}) ? 2 : 1;
  }

  std::size_t w() {
    if (here(0, {"WR"})) {
      add("R");
      return 2;
    }
    if (first() && vowel(1)) {
      add("A", "F");  // Wasserman and Vasserman
    } else if (first() && here(0, {"WH"})) {
      add("A");
    }
    if ((last() && vowel(-1)) || here(-1, {"EWSKI", "EWSKY", "OWSKI", "OWSKY"}) || start({"SCH"})) {
      add("", "F");  // Arnow and Arnoff
      return 1;
    }
    if (here(0, {"WICZ", "WITZ"})) {
      add("TS", "FX");  // Filipowicz
      return 4;
    }
    return 1;
  }

  std::size_t z() {
    if (text_[i_ + 1] == 'H') {
      add("J");  // Zhao
      return 2;
    }
    add("S", here(1, {"ZO", "ZI", "ZA"}) || (slavo_germanic_ && !first() && text_[i_ - 1] != 'T')
                 ? "TS"
                 : "S");
    return doubled();
  }

  detail::PhoneticLetters text_;
  std::size_t longest_;
  std::size_t i_ = 0;
  bool slavo_germanic_ = false;
  MetaphoneKeys keys_;
};

}  // namespace

MetaphoneKeys double_metaphone(std::string_view text, std::size_t longest) {
  return Metaphone(text, longest).keys();
}

}  // namespace emptor
