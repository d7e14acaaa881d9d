#include "name_parser.hpp"

#include <algorithm>

#include "emptor/text/transliterate.hpp"
#include "emptor/text/utf8.hpp"
#include "name_tokens.hpp"
#include "name_words.hpp"

namespace emptor::detail {

NameParser::Words NameParser::words_of(std::size_t first, std::size_t last) {
  Words words;
  for (std::size_t i = first; i < std::min(last, most_words); ++i) {
    if ((entries_[i].marks & mark_bracket) != 0) {
      const std::string_view text = name_.tokens.text(i);
      const bool number = text.find_first_not_of("0123456789") == std::string_view::npos;
      entries_[i].role = number ? NameRole::link : NameRole::extra;  // "(1847-1939)"
    } else {
      words.add(i);
    }
  }
  return words;
}

// Titles in front, as long as a name is left.
void NameParser::take_titles(Words& words, bool family) {
  bool after_the = false;
  for (; words.size() > 1; ++words.first) {
    const std::size_t i = words.first;
    if (is(words, i, word_rank) && text(words, i + 1) == "of") return take_title_phrase(words, i);
    if (is(words, i, word_link)) {
      entry(words, i).role = NameRole::link;
      after_the = text(words, i) == "the";
      continue;
    }
    const bool ordinal = is(words, i, word_ordinal);
    const bool saint = (entry(words, i).marks & mark_dot) != 0 && text(words, i) == "st";
    const bool rank = is(words, i, word_hard_rank) || (ordinal_ && is(words, i, word_rank));
    if (!ordinal && !saint && !rank && !is(words, i, word_title) &&
        !(is(words, i, word_soft_title) && words.size() > 2) &&
        !(is(words, i, word_epithet) && after_the)) {
      break;
    }
    titled_ = true;
    ordinal_ = ordinal_ || ordinal;
    for_family_ = for_family_ || rank || is(words, i, word_for_family);
    royal_ = royal_ || saint || is(words, i, word_soft_title);
    entry(words, i).role = NameRole::title;
  }
  if (words.size() == 1) {  // "Sir"
    const unsigned alone = (family ? 0U : unsigned{word_title}) | word_ordinal | word_hard_rank |
                           (ordinal_ ? unsigned{word_rank} : 0U);
    if (is(words, words.first, alone)) entry(words, words.first++).role = NameRole::title;
    return;
  }
  if (!titled_) return;
  for (std::size_t i = words.first + 1; i + 1 < words.last; ++i) {  // "Admiral of the Fleet Sir"
    if (text(words, i) != "sir") continue;
    set(words, words.first, i, NameRole::extra);
    entry(words, i).role = NameRole::title;
    words.first = i + 1;
    return;
  }
}

void NameParser::take_suffixes(Words& words) {
  for (; words.size() > 1; --words.last) {
    const std::size_t i = words.last - 1;
    const bool sir = text(words, i) == "sir";
    if (!sir && !is(words, i, word_suffix)) return;
    if (text(words, i) == "vi" && words.size() == 2) return;
    if (text(words, i) == "bart" && !titled_) return;
    entry(words, i).role = sir ? NameRole::title : NameRole::suffix;
  }
}

/// Whether a noble title begins at this word, which is not the first: "1st", "viscount", "baron
/// of".
bool NameParser::begins_phrase(const Words& words, std::size_t i) const noexcept {
  if (is(words, i, word_ordinal | word_hard_rank)) return true;
  const bool last = i + 1 == words.last;
  if (text(words, i) == "of" || text(words, i) == "the") return !last;
  return is(words, i, word_rank) && !last && text(words, i + 1) == "of";
}

// "1st baron clifford of chudleigh": what is no rank is a further name.
void NameParser::take_title_phrase(Words& words, std::size_t from) {
  bool after_the = false;
  for (std::size_t i = from; i < words.last; ++i) {
    const bool rank = is(words, i, word_ordinal | word_rank | word_hard_rank | word_title) ||
                      (after_the && is(words, i, word_epithet));
    after_the = text(words, i) == "the";
    entry(words, i).role = rank                        ? NameRole::title
                           : is(words, i, word_suffix) ? NameRole::suffix
                           : is(words, i, word_link)   ? NameRole::link
                                                       : NameRole::extra;
  }
  words.last = from;
}

bool NameParser::is_affixes(const Words& words) const noexcept {
  for (std::size_t i = words.first; i < words.last; ++i) {
    if (!is(words, i, word_suffix | word_title)) return false;
  }
  return true;
}

/// "eddie russell, bedford": a given name is where it stands in "given family", and none behind the
/// comma.
bool NameParser::is_plain_order(const Words& main, const Words& behind) const noexcept {
  if (options_.nicknames == nullptr || main.size() < 2) return false;
  return options_.nicknames->known(text(main, main.first)) &&
         !options_.nicknames->known(text(behind, behind.first)) &&
         text(behind, behind.first).size() > 1;
}

/// Whether what stands behind a comma is a title rather than given names.
bool NameParser::is_title_phrase(const Words& words, const Words& main) const noexcept {
  for (std::size_t i = words.first; i < words.last; ++i) {
    if (is(words, i, word_ordinal | word_hard_rank)) return true;
  }
  if (is(words, words.first, word_link)) return true;
  if (!is(words, words.first, word_rank)) return false;
  if (main.size() > 1) return true;  // "James Smith, Earl"; but "Smith, Earl"
  for (std::size_t i = words.first; i < words.last; ++i) {
    if (text(words, i) == "of") return true;
  }
  return false;
}

/// The first word of the family name in "given middle … family"; words.size() >= 2.
std::size_t NameParser::family_start(const Words& words) const noexcept {
  std::size_t start = words.last - 1;
  while (start > words.first + 1) {
    if ((entries_[words.at[start]].marks & mark_hyphen) != 0) {
      --start;
    } else if (is(words, start - 1, word_particle)) {
      --start;
    } else if (is(words, start - 1, word_join) && start > words.first + 2 &&
               (entries_[words.at[start - 1]].marks & mark_dot) == 0) {
      start -= 2;  // "Garcia y Lopez"
    } else {
      break;
    }
  }
  return start;
}

bool NameParser::all_pinyin(const Words& words) const noexcept {
  for (std::size_t i = words.first; i < words.last; ++i) {
    if (pinyin_syllables(text(words, i)) == 0) return false;
  }
  return true;
}

// Chinese names in Latin letters: Wang Xiaoming, Xiao Ming Wang. With a family name at both ends
// the commoner one is it; if both are common, it is taken as written for the West, Li Yang.
bool NameParser::order_pinyin(const Words& words) {
  if (words.size() < 2 || words.size() > 4) return false;
  const bool front = is(words, words.first, word_pinyin);
  const bool back = is(words, words.last - 1, word_pinyin);
  if ((!front && !back) || !all_pinyin(words)) return false;
  std::size_t syllables = 0;
  for (std::size_t i = words.first; i < words.last; ++i) {
    syllables += pinyin_syllables(text(words, i));
  }
  if (syllables > 4) return false;
  set(words, words.first, words.last, NameRole::given);
  const bool front_wins = front && (!back || (is(words, words.first, word_top_pinyin) &&
                                              !is(words, words.last - 1, word_top_pinyin)));
  entry(words, front_wins ? words.first : words.last - 1).role = NameRole::family;
  return true;
}

// "given middle … family", the family name in front where the options or a patronymic say so.
void NameParser::order_plain(const Words& words) {
  if (words.size() == 1) {
    const auto* given_names = options_.nicknames;
    const bool family =
        titled_ && !royal_ &&
        (given_names != nullptr ? for_family_ || !given_names->known(text(words, words.first))
                                : for_family_ || ordinal_);
    entry(words, words.first).role = family ? NameRole::family : NameRole::given;
    return;
  }
  bool one_word = true;  // "Shaw-Lefevre"
  for (std::size_t i = words.first + 1; i < words.last; ++i) {
    one_word = one_word && (entries_[words.at[i]].marks & mark_hyphen) != 0;
  }
  if (one_word) return set(words, words.first, words.last, NameRole::family);
  const std::size_t start = family_start(words);
  const bool eastern = words.size() == 3 && is_patronymic(text(words, words.last - 1)) &&
                       !is_patronymic(text(words, words.first + 1));
  if (eastern || options_.family_first) {
    entry(words, words.first).role = NameRole::family;
    entry(words, words.first + 1).role = NameRole::given;
    set(words, words.first + 2, words.last, NameRole::middle);
    return;
  }
  entry(words, words.first).role = NameRole::given;
  set(words, words.first + 1, start, NameRole::middle);
  set(words, start, words.last, NameRole::family);
}

// The words before the first comma, or all.
void NameParser::parse_main(Words& words) {
  take_titles(words, false);
  take_suffixes(words);
  for (std::size_t i = words.first + 1; i < words.last; ++i) {
    if (begins_phrase(words, i)) {
      take_title_phrase(words, i);
      take_suffixes(words);
      while (words.size() > 1 && is(words, words.last - 1, word_particle)) {  // "john de, duke of"
        entry(words, --words.last).role = NameRole::link;
      }
      break;
    }
  }
  if (words.size() == 0) return;
  if (!order_pinyin(words)) order_plain(words);
}

// "Clifford, Thomas J.", "Beethoven, Ludwig van".
void NameParser::parse_behind_comma(Words& words, bool chinese) {
  take_titles(words, false);
  take_suffixes(words);
  while (words.size() > 1 && is(words, words.last - 1, word_particle)) {
    entry(words, --words.last).role = NameRole::family;
  }
  if (words.size() == 0) return;
  entry(words, words.first).role = NameRole::given;
  set(words, words.first + 1, words.last,
      chinese && all_pinyin(words) ? NameRole::given : NameRole::middle);
}

void NameParser::take_family(Words& words) {
  take_titles(words, true);
  take_suffixes(words);
  for (std::size_t i = words.first + 1; i < words.last; ++i) {
    if (begins_phrase(words, i)) {
      take_title_phrase(words, i);
      break;
    }
  }
  set(words, words.first, words.last, NameRole::family);
}

// "tom, 1st baron clifford of chudleigh" has none but that of his title.
void NameParser::family_from_extra() {
  const auto is_family = [](const Entry& one) { return one.role == NameRole::family; };
  if (std::any_of(entries_.begin(), entries_.end(), is_family)) return;
  const auto is_extra = [](const Entry& one) {
    return one.role == NameRole::extra && (one.marks & mark_bracket) == 0;
  };
  auto at = std::find_if(entries_.begin(), entries_.end(), is_extra);
  for (; at != entries_.end() && is_extra(*at); ++at) at->role = NameRole::family;
}

void NameParser::parse_full() {
  if (parse_east()) return;
  const std::size_t count = std::min(entries_.size(), most_words);
  Words main, given;
  for (std::size_t first = 0, last = 0; first < count; first = last) {
    last = first + 1;
    while (last < count && (entries_[last].marks & mark_comma) == 0) ++last;
    Words words = words_of(first, last);
    if (words.size() == 0) continue;
    if (main.size() == 0) {
      main = words;
    } else if (is_affixes(words)) {
      for (std::size_t i = words.first; i < words.last; ++i) {
        entry(words, i).role = is(words, i, word_suffix) ? NameRole::suffix : NameRole::title;
      }
    } else if (is_title_phrase(words, main)) {
      take_title_phrase(words, words.first);
    } else if (given.size() == 0 && !is_plain_order(main, words)) {
      given = words;
    } else {
      set(words, words.first, words.last, NameRole::extra);
    }
  }
  if (main.size() == 0) {  // everything stands in brackets
    for (std::size_t i = 0; i < count; ++i) main.add(i);
  }
  if (given.size() == 0 && main.size() == 1 && main.at[0] > 0 &&
      (entries_[0].marks & mark_bracket) != 0) {  // "Bob" Smith
    entries_[0].role = NameRole::given;
    entry(main, main.first).role = NameRole::family;
  } else if (given.size() == 0) {
    parse_main(main);
  } else {
    const bool chinese = main.size() == 1 && is(main, main.first, word_pinyin);
    take_family(main);
    parse_behind_comma(given, chinese);
  }
  family_from_extra();
  for (std::size_t i = 0; i < count; ++i) {  // the family name said once more
    if (entries_[i].role != NameRole::extra) continue;
    for (std::size_t j = 0; j < count; ++j) {
      if (entries_[j].role == NameRole::family && name_.tokens.text(i) == name_.tokens.text(j)) {
        entries_[i].role = NameRole::link;
      }
    }
  }
}

void NameParser::parse_given(std::size_t first, std::size_t last) {
  Words words = words_of(first, last);
  if (words.size() == 0) {
    for (std::size_t i = first; i < std::min(last, most_words); ++i) words.add(i);
    if (words.size() == 0) return;
  }
  take_titles(words, false);
  take_suffixes(words);
  if (words.size() == 0) return;
  const std::size_t end = words.last - 1;
  if (words.size() > 1 && text(words, end) == "i" && (entry(words, end).marks & mark_dot) == 0) {
    entry(words, end).role = NameRole::suffix;  // "Morris I"
    --words.last;
  }
  const bool east = (entry(words, words.first).marks & mark_east) != 0;
  entry(words, words.first).role = NameRole::given;
  set(words, words.first + 1, words.last, east ? NameRole::given : NameRole::middle);
}

void NameParser::parse_family(std::size_t first, std::size_t last) {
  Words words = words_of(first, last);
  if (words.size() == 0) {
    for (std::size_t i = first; i < std::min(last, most_words); ++i) words.add(i);
  }
  if (words.size() > 0) take_family(words);
  family_from_extra();
}

void NameParser::compose() {
  const std::size_t count = std::min(entries_.size(), most_words);
  // Particles behind the given name ("Beethoven, Ludwig van") go in front of the family name.
  std::size_t behind = count;
  bool family = false, given_since = false;
  for (std::size_t i = 0; i < count && behind == count; ++i) {
    if (entries_[i].role == NameRole::family) {
      if (given_since) behind = i;
      family = true;
    } else {
      given_since = family && entries_[i].role <= NameRole::middle;
    }
  }
  append_role(NameRole::family, name_.family, behind, count);
  append_role(NameRole::family, name_.family, 0, behind);
  std::uint8_t scripts_given = 0, scripts_family = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [offset, length, role, marks, words] = entries_[i];
    const std::string_view text = name_.tokens.text(i);
    const auto append = [&](std::string& to) {
      if (!to.empty()) to.push_back(' ');
      to.append(text);
    };
    if (role == NameRole::given) {
      name_.given.append(text);  // of Chinese names in one
      scripts_given = static_cast<std::uint8_t>(scripts_given | marks);
    } else if (role == NameRole::middle) {
      append(name_.middle);
    } else if (role == NameRole::family) {
      scripts_family = static_cast<std::uint8_t>(scripts_family | marks);
    } else if (role == NameRole::extra) {
      append(name_.extra);
    } else if (role == NameRole::title) {
      append(name_.title);
    } else if (role == NameRole::suffix) {
      append(name_.suffix);
    }
  }
  latin(name_.given, scripts_given, false, name_.latin_given);
  latin(name_.family, scripts_family, true, name_.latin_family);
  append_initial(name_.given_key());
  for (std::size_t i = 0; i < count; ++i) {
    if (entries_[i].role == NameRole::middle) append_initial(name_.tokens.text(i));
  }
}

void NameParser::append_initial(std::string_view word) {
  if (word.empty()) return;
  const std::string_view letter = word.substr(0, utf8_character(word, 0).bytes);
  const std::size_t before = name_.initials.size();
  if (letter.size() > 1) append_latin(letter, name_.initials);
  if (name_.initials.size() == before ||
      static_cast<unsigned char>(name_.initials[before]) >= 0x80) {
    name_.initials.resize(before);
    name_.initials.append(letter);
  } else {
    name_.initials.resize(before + 1);  // "shch" is "s"
  }
}

void NameParser::latin(std::string_view from, unsigned scripts, bool surname, std::string& to) {
  if ((scripts & mark_east) == mark_han) {
    append_pinyin(from, to, {.surname = surname});
  } else if ((scripts & mark_east) == 0 && !from.empty()) {
    append_latin(from, to);
  }
}

void NameParser::append_role(NameRole role, std::string& to, std::size_t first,
                             std::size_t last) const {
  for (std::size_t i = first; i < last; ++i) {
    if (entries_[i].role != role) continue;
    if (!to.empty()) to.push_back(' ');
    to.append(name_.tokens.text(i));
  }
}

}  // namespace emptor::detail
