#include "emptor/identity/name.hpp"

#include <algorithm>
#include <iterator>

#include "folded_text.hpp"
#include "name_parser.hpp"
#include "name_tokens.hpp"

namespace emptor {
namespace {

// Whole values, folded; beside is_placeholder.
constexpr std::string_view nobody[] = {"anon",          "cash customer", "cash sale",
                                       "customer",      "customer name", "default",
                                       "family name",   "first name",    "firstname",
                                       "full name",     "given name",    "jane doe",
                                       "john doe",      "last name",     "lastname",
                                       "name",          "new customer",  "no one",
                                       "nobody",        "someone",       "surname",
                                       "test customer", "unbekannt",     "unknown customer",
                                       "user",          "username",      "valued customer",
                                       "visitor",       "walk in",       "walk-in",
                                       "your name",     "аноним",        "гость",
                                       "клиент",        "покупатель",    "ゲスト",
                                       "会员",          "佚名",          "客户",
                                       "客戶",          "散客",          "无名",
                                       "无名氏",        "無名氏",        "测试用户",
                                       "游客",          "用户",          "用戶",
                                       "访客",          "顾客",          "顧客",
                                       "고객",          "게스트",        "名無し"};

// Family names as well.
constexpr std::string_view nobody_given[] = {"cash",    "client", "guest", "na",
                                             "nan",     "nil",    "null",  "person",
                                             "private", "sample", "test",  "tester"};

template <std::size_t size>
bool one_of(std::string_view folded, const std::string_view (&words)[size]) noexcept {
  return std::find(std::begin(words), std::end(words), folded) != std::end(words);
}

bool is_nobody(std::string_view folded, const NameOptions& options) noexcept {
  if (folded.size() > 24) return false;
  if (options.placeholders != nullptr ? options.placeholders->contains_name(folded)
                                      : is_placeholder_name(folded)) {
    return true;
  }
  return one_of(folded, nobody) ||
         (options.part != NamePart::family && one_of(folded, nobody_given));
}

bool is_nobody_raw(std::string_view raw, const NameOptions& options, std::string& scratch) {
  constexpr std::size_t longest = 32;
  if (raw.size() > longest) return false;
  detail::fold_text(raw, scratch, false);
  const bool nobody_at_all = is_nobody(scratch, options);
  scratch.clear();
  return nobody_at_all;
}

/// Whether the raw text, or every word of the name, stands for nobody. Uses `scratch`.
bool stands_for_nobody(std::string_view raw, const PersonName& name, const NameOptions& options,
                       std::string& scratch) {
  if (is_nobody_raw(raw, options, scratch)) return true;
  bool any = false;
  for (const auto& [text, role] : name.tokens) {
    if (role == NameRole::title || role == NameRole::suffix || role == NameRole::link) continue;
    if (!is_nobody(text, options)) return false;
    any = true;
  }
  return any;
}

FieldState state_of(const detail::NameSplitter& splitter, const PersonName& name) noexcept {
  if (!splitter.saw_anything()) return FieldState::missing;
  if (name.tokens.empty() && !splitter.saw_at_sign()) return FieldState::placeholder;
  const bool strange = splitter.saw_at_sign() || !splitter.saw_letter() ||
                       name.tokens.size() > detail::NameParser::most_words;
  return strange ? FieldState::malformed : FieldState::usable;
}

}  // namespace

void PersonName::clear() noexcept {
  given.clear();
  middle.clear();
  family.clear();
  extra.clear();
  title.clear();
  suffix.clear();
  initials.clear();
  latin_given.clear();
  latin_family.clear();
  tokens.text_.clear();
  tokens.entries_.clear();
}

FieldState normalise_name(std::string_view raw, PersonName& out, const NameOptions& options) {
  out.clear();
  detail::NameSplitter splitter(out.tokens, options.simplify_han);
  splitter.split(raw);
  FieldState state = state_of(splitter, out);
  if (state == FieldState::missing) return state;
  detail::NameParser parser(out, options);
  switch (options.part) {
    case NamePart::full:
      parser.parse_full();
      break;
    case NamePart::given:
      parser.parse_given(0, out.tokens.size());
      break;
    case NamePart::family:
      parser.parse_family(0, out.tokens.size());
      break;
  }
  if (stands_for_nobody(raw, out, options, out.given)) state = FieldState::placeholder;
  parser.compose();
  const bool named = !out.given.empty() || !out.family.empty() || !out.extra.empty();
  return state == FieldState::usable && !named ? FieldState::malformed : state;
}

FieldState normalise_name(std::string_view given, std::string_view family, PersonName& out,
                          const NameOptions& options) {
  out.clear();
  const auto split = [&](std::string_view raw, NamePart part) {
    NameOptions own = options;
    own.part = part;
    if (is_nobody_raw(raw, own, out.given)) return FieldState::placeholder;
    detail::NameSplitter splitter(out.tokens, options.simplify_han);
    splitter.split(raw);
    return state_of(splitter, out);
  };
  const FieldState given_state = split(given, NamePart::given);
  const std::size_t border = out.tokens.size();
  const FieldState family_state = split(family, NamePart::family);
  detail::NameParser parser(out, options);
  parser.parse_given(0, border);
  parser.parse_family(border, out.tokens.size());
  parser.compose();
  return std::max(given_state, family_state);
}

bool initial_fits(std::string_view a, std::string_view b) noexcept {
  if (a.empty() || b.empty()) return false;
  if (a.size() > b.size()) std::swap(a, b);
  const auto lead = static_cast<unsigned char>(a[0]);
  const std::size_t letter = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return a.size() <= letter && b.starts_with(a);
}

}  // namespace emptor
