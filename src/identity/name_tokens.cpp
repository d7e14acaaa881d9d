#include "name_tokens.hpp"

#include <array>

#include "emptor/text/fold.hpp"
#include "emptor/text/transliterate.hpp"
#include "emptor/text/utf8.hpp"
#include "folded_text.hpp"
#include "name_words.hpp"

namespace emptor::detail {
namespace {

enum Sign : unsigned char {
  sign_blank,
  sign_comma,
  sign_dot,
  sign_hyphen,
  sign_apostrophe,
  sign_open,
  sign_close,
  sign_quote,
  sign_at,
  sign_other,
  sign_wide,
  sign_count
};

// Letters and digits folded; everything else its sign.
constexpr std::array<unsigned char, 256> ascii_signs = [] {
  std::array<unsigned char, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    const auto c = static_cast<unsigned char>(i);
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) {
      table[i] = c;
    } else if (c >= 'A' && c <= 'Z') {
      table[i] = static_cast<unsigned char>(c + 32);
    } else if (c >= 0x80) {
      table[i] = sign_wide;
    } else {
      table[i] = c <= ' ' ? sign_blank : sign_other;
    }
  }
  table[127] = sign_blank;
  table[','] = table[';'] = sign_comma;
  table['.'] = sign_dot;
  table['-'] = sign_hyphen;
  table['\''] = table['`'] = sign_apostrophe;
  table['('] = table['['] = table['{'] = sign_open;
  table[')'] = table[']'] = table['}'] = sign_close;
  table['"'] = sign_quote;
  table['@'] = sign_at;
  return table;
}();

Sign wide_sign(char32_t c) noexcept {
  switch (c) {
    case 0x3001:
      return sign_comma;
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
      return sign_hyphen;
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x2032:
    case 0x02BB:
    case 0x02BC:
    case 0x00B4:
      return sign_apostrophe;
    case 0x3010:
    case 0x300C:
    case 0x00AB:
      return sign_open;
    case 0x3011:
    case 0x300D:
    case 0x00BB:
      return sign_close;
    case 0x201C:
    case 0x201D:
    case 0x201E:
      return sign_quote;
    default:
      return sign_other;
  }
}

// Scripts without spaces.
std::uint8_t script_of(char32_t c) noexcept {
  if ((c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
      (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF) || c == 0x3007) {
    return mark_han;
  }
  if (c >= 0xAC00 && c <= 0xD7A3) return mark_hangul;
  if (c >= 0x1780 && c <= 0x17FF) return 0;  // Khmer has no spaces, but for names
  return mark_syllabic;
}

// "1st", "22nd"; also misprints such as "1th".
bool is_ordinal(std::string_view word) noexcept {
  std::size_t digits = 0;
  while (digits < word.size() && is_digit(word[digits])) ++digits;
  if (digits == 0 || digits > 3) return false;
  const std::string_view end = word.substr(digits);
  return end == "st" || end == "nd" || end == "rd" || end == "th";
}

}  // namespace

void NameSplitter::end_word(const char* to) {
  if (word_ == nullptr) return;
  auto& entries = tokens_.entries_;
  const auto offset = static_cast<std::uint32_t>(word_ - base_);
  const auto length = static_cast<std::uint32_t>(to - word_);
  const std::string_view word(word_, length);
  const bool apart = entries.empty() || (before_ & (mark_comma | mark_bracket)) != 0;
  if (!apart && script_ == 0) {
    auto& last = entries.back();
    const std::string_view previous(base_ + last.offset, last.length);
    if ((previous == "mc" || (previous == "ph" && word == "d")) &&
        last.offset + last.length == offset) {  // "Mc Donald", "Ph. D."
      last.length += length;
      last.words = name_word_table.find({base_ + last.offset, last.length});
      word_ = nullptr;
      before_ = 0;
      return;
    }
  }
  NameTokens::Entry entry{offset, length, NameRole::given, 0, 0};
  entry.marks = static_cast<std::uint8_t>(before_ | script_ | (bracket_ != 0 ? mark_bracket : 0));
  entry.words = is_digit(word[0]) ? (is_ordinal(word) ? word_ordinal : std::uint16_t{0})
                                  : name_word_table.find(word);
  entries.push_back(entry);
  word_ = nullptr;
  before_ = 0;
  script_ = 0;
}

// Brackets that nothing closes mean nothing.
void NameSplitter::close_bracket(bool whole) noexcept {
  if (!whole) {
    for (std::size_t i = bracket_from_; i < tokens_.entries_.size(); ++i) {
      auto& marks = tokens_.entries_[i].marks;
      marks = static_cast<std::uint8_t>(marks & ~mark_bracket);
    }
  }
  bracket_ = 0;
}

void NameSplitter::sign(unsigned char code, std::string_view raw, std::size_t at, const char* to) {
  if (code != sign_blank) saw_anything_ = true;
  if (code == sign_apostrophe && word_ != nullptr && at < raw.size()) {
    const unsigned char next = ascii_signs[static_cast<unsigned char>(raw[at])];
    if (next > sign_count || next == sign_wide) return;  // inside a word
  }
  end_word(to);
  switch (code) {
    case sign_comma:
      before_ = static_cast<std::uint8_t>(before_ | mark_comma);
      break;
    case sign_hyphen:
      before_ = static_cast<std::uint8_t>(before_ | mark_hyphen);
      break;
    case sign_dot:
      if (!tokens_.entries_.empty() && before_ == 0) {
        auto& marks = tokens_.entries_.back().marks;
        marks = static_cast<std::uint8_t>(marks | mark_dot);
      }
      break;
    case sign_open:
      if (bracket_ == 0) {
        bracket_ = ')';
        bracket_from_ = tokens_.entries_.size();
      }
      break;
    case sign_close:
      if (bracket_ == ')') close_bracket(true);
      break;
    case sign_quote:
      if (bracket_ == '"') {
        close_bracket(true);
      } else if (bracket_ == 0) {
        bracket_ = '"';
        bracket_from_ = tokens_.entries_.size();
      }
      break;
    case sign_at:
      saw_at_sign_ = true;
      break;
    default:
      before_ = static_cast<std::uint8_t>(before_ & ~mark_hyphen);
  }
}

char* NameSplitter::wide(std::string_view raw, std::size_t& at, char* to) {
  const Utf8Character character = utf8_character(raw, at);
  at += character.bytes;
  if (!character.valid) {
    sign(sign_other, raw, at, to);
    return to;
  }
  if (is_wide_blank(character.value)) {
    sign(sign_blank, raw, at, to);
    return to;
  }
  const FoldedCharacter folded = fold_character(character.value, true);
  if (folded.first == 0) return to;
  char32_t c = folded.first;
  if (c < 0x80) {
    const unsigned char code = ascii_signs[c];
    if (code < sign_count) {
      sign(code, raw, at, to);
      return to;
    }
  } else if (const Sign special = wide_sign(c); special != sign_other) {
    sign(special, raw, at, to);
    return to;
  }
  const CharacterKind kind = character_kind(c);
  if (kind == CharacterKind::separator) {
    sign(sign_other, raw, at, to);
    if (c == 0x00B7 || c == 0x30FB || c == 0x2022 || c == 0x2027) {
      before_ = static_cast<std::uint8_t>(before_ | mark_middle_dot);
    }
    return to;
  }
  const std::uint8_t script = kind == CharacterKind::ideographic ? script_of(c) : std::uint8_t{0};
  if (word_ != nullptr && (script == 0) != (script_ == 0)) end_word(to);
  if (word_ == nullptr) word_ = to;
  script_ = static_cast<std::uint8_t>(script_ | script);
  saw_letter_ = saw_letter_ || kind != CharacterKind::digit;
  saw_anything_ = true;
  if (script == mark_han && simplify_han_) c = simplified(c);
  if (c >= 0x10000) {
    *to++ = static_cast<char>(0xF0 | c >> 18);
    *to++ = static_cast<char>(0x80 | (c >> 12 & 0x3F));
    *to++ = static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *to++ = static_cast<char>(0x80 | (c & 0x3F));
  } else if (c >= 0x80) {
    to = put_utf8(to, c);
  } else {
    *to++ = static_cast<char>(c);
  }
  if (folded.second != 0) *to++ = static_cast<char>(folded.second);
  return to;
}

void NameSplitter::split(std::string_view raw) {
  std::string& text = tokens_.text_;
  const std::size_t before = text.size();
  text.resize(before + raw.size() + raw.size() / 3 + 4);  // a simplified form may be a byte longer
  base_ = text.data();
  char* to = text.data() + before;
  before_ = static_cast<std::uint8_t>(tokens_.entries_.empty() ? 0 : mark_comma);
  for (std::size_t at = 0; at < raw.size();) {
    const unsigned char code = ascii_signs[static_cast<unsigned char>(raw[at])];
    if (code > sign_count) {
      if (script_ != 0) end_word(to);
      if (word_ == nullptr) word_ = to;
      saw_letter_ = saw_letter_ || code > '9';
      *to++ = static_cast<char>(code);
      ++at;
    } else if (code == sign_wide) {
      to = wide(raw, at, to);
    } else {
      sign(code, raw, ++at, to);
    }
  }
  end_word(to);
  saw_anything_ = saw_anything_ || !tokens_.entries_.empty();
  if (bracket_ != 0) close_bracket(false);
  text.resize(static_cast<std::size_t>(to - text.data()));
}

}  // namespace emptor::detail
