#pragma once
// English words to their stems.
//
// porter_stem: Martin F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980,
// doi:10.1108/eb046814, as printed there. plural_stem: the S-stemmer of Donna Harman, "How
// effective is suffixing?", JASIS 42(1), 1991,
// doi:10.1002/(SICI)1097-4571(199101)42:1<7::AID-ASI2>3.0.CO;2-P, which takes plurals only and so
// seldom makes one word of two. Both change a word of a-z in place; words with other characters and
// words of fewer than 3 letters stay. O(length), no allocation. Thread safety: pure functions.

#include <cstddef>
#include <string>
#include <string_view>

namespace emptor {

namespace detail {

[[nodiscard]] inline bool is_stemmable(std::string_view word) noexcept {
  bool plain = word.size() > 2;
  for (const char c : word) plain = plain && c >= 'a' && c <= 'z';
  return plain;
}

/// One word on its way through the five steps.
class PorterWord {
 public:
  explicit PorterWord(std::string& word) : word_(word) {}

  void run() {
    step1a();
    step1b();
    if (ends("y") && has_vowel(stem())) word_.back() = 'i';
    step2();
    step3();
    step4();
    step5();
  }

 private:
  struct Rule {
    std::string_view suffix;
    std::string_view to;
  };

  [[nodiscard]] bool consonant(std::size_t i) const noexcept {
    switch (word_[i]) {
      case 'a':
      case 'e':
      case 'i':
      case 'o':
      case 'u':
        return false;
      case 'y':
        return i == 0 || !consonant(i - 1);
      default:
        return true;
    }
  }
  /// m: how often vowels are followed by consonants in the first `length` letters.
  [[nodiscard]] std::size_t measure(std::size_t length) const noexcept {
    std::size_t m = 0;
    for (std::size_t i = 1; i < length; ++i) m += !consonant(i - 1) && consonant(i) ? 1 : 0;
    return m;
  }
  [[nodiscard]] bool has_vowel(std::size_t length) const noexcept {
    for (std::size_t i = 0; i < length; ++i) {
      if (!consonant(i)) return true;
    }
    return false;
  }
  [[nodiscard]] bool double_consonant(std::size_t length) const noexcept {
    return length >= 2 && word_[length - 1] == word_[length - 2] && consonant(length - 1);
  }
  /// Consonant, vowel, consonant other than w, x, y at the end.
  [[nodiscard]] bool short_end(std::size_t length) const noexcept {
    if (length < 3 || !consonant(length - 1) || consonant(length - 2) || !consonant(length - 3)) {
      return false;
    }
    const char last = word_[length - 1];
    return last != 'w' && last != 'x' && last != 'y';
  }

  /// Whether the word ends so; `stem()` is then the length of what stands before.
  bool ends(std::string_view suffix) noexcept {
    if (!std::string_view(word_).ends_with(suffix)) return false;
    stem_ = word_.size() - suffix.size();
    return true;
  }
  [[nodiscard]] std::size_t stem() const noexcept { return stem_; }
  void replace(std::string_view with) {
    word_.resize(stem_);
    word_.append(with);
  }
  /// The first rule whose suffix fits is the only one that is tried: longer suffixes come first.
  template <std::size_t size>
  void apply(const Rule (&rules)[size], std::size_t least) {
    for (const Rule& rule : rules) {
      if (!ends(rule.suffix)) continue;
      if (measure(stem()) >= least) replace(rule.to);
      return;
    }
  }

  void step1a() {
    if (ends("sses") || ends("ies")) {
      word_.resize(word_.size() - 2);
    } else if (ends("s") && !ends("ss")) {
      word_.pop_back();
    }
  }
  void step1b() {
    if (ends("eed")) {
      if (measure(stem()) > 0) word_.pop_back();
      return;
    }
    if (!((ends("ed") || ends("ing")) && has_vowel(stem()))) return;
    word_.resize(stem());
    if (ends("at") || ends("bl") || ends("iz")) {
      word_.push_back('e');
    } else if (double_consonant(word_.size())) {
      const char last = word_.back();
      if (last != 'l' && last != 's' && last != 'z') word_.pop_back();
    } else if (measure(word_.size()) == 1 && short_end(word_.size())) {
      word_.push_back('e');
    }
  }
  void step2() {
    static constexpr Rule rules[] = {
        {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"},   {"anci", "ance"},
        {"izer", "ize"},    {"abli", "able"},   {"alli", "al"},     {"entli", "ent"},
        {"eli", "e"},       {"ousli", "ous"},   {"ization", "ize"}, {"ation", "ate"},
        {"ator", "ate"},    {"alism", "al"},    {"iveness", "ive"}, {"fulness", "ful"},
        {"ousness", "ous"}, {"aliti", "al"},    {"iviti", "ive"},   {"biliti", "ble"}};
    apply(rules, 1);
  }
  void step3() {
    static constexpr Rule rules[] = {{"icate", "ic"}, {"ative", ""},  {"alize", "al"},
                                     {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""},
                                     {"ness", ""}};
    apply(rules, 1);
  }
  void step4() {
    static constexpr Rule rules[] = {{"al", ""},    {"ance", ""}, {"ence", ""}, {"er", ""},
                                     {"ic", ""},    {"able", ""}, {"ible", ""}, {"ant", ""},
                                     {"ement", ""}, {"ment", ""}, {"ent", ""},  {"ion", ""},
                                     {"ou", ""},    {"ism", ""},  {"ate", ""},  {"iti", ""},
                                     {"ous", ""},   {"ive", ""},  {"ize", ""}};
    if (ends("ion") && (stem() == 0 || (word_[stem() - 1] != 's' && word_[stem() - 1] != 't'))) {
      return;
    }
    apply(rules, 2);
  }
  void step5() {
    if (ends("e")) {
      const std::size_t m = measure(stem());
      if (m > 1 || (m == 1 && !short_end(stem()))) word_.pop_back();
    }
    if (ends("l") && double_consonant(word_.size()) && measure(word_.size()) > 1) word_.pop_back();
  }

  std::string& word_;
  std::size_t stem_ = 0;
};

}  // namespace detail

/// "relational" is "relat", "hopping" is "hop".
inline void porter_stem(std::string& word) {
  if (detail::is_stemmable(word)) detail::PorterWord(word).run();
}

/// "skies" is "sky", "phones" is "phone", "shoes" is "shoe"; "glass" stays. "boxes" is "boxe".
inline void plural_stem(std::string& word) {
  if (!detail::is_stemmable(word)) return;
  const std::string_view view(word);
  const auto ends = [&](std::string_view suffix) { return view.ends_with(suffix); };
  if (ends("ies") && !ends("eies") && !ends("aies")) {
    word.resize(word.size() - 3);
    word.push_back('y');
  } else if (ends("es") && !ends("aes") && !ends("ees") && !ends("oes")) {
    word.pop_back();
  } else if (ends("s") && !ends("us") && !ends("ss")) {
    word.pop_back();
  }
}

}  // namespace emptor
