#include "identity/field_reader.hpp"

#include <algorithm>
#include <vector>

#include "emptor/text/transliterate.hpp"
#include "identity/folded_text.hpp"
#include "identity/value_text.hpp"

namespace emptor::detail {

namespace {

/// What is compared, and after a tab what was written where that says more.
void put_key(std::string& out, std::string_view key, std::string_view written) {
  out.assign(key);
  if (key == written || written.empty()) return;
  out.push_back('\t');
  out.append(written);
}

/// "jr", "sr", "ii" after a second tab: father and son may share everything else.
void put_generation(std::string& name, std::string_view suffix) {
  if (name.empty()) return;
  for_each_word(suffix, [&](std::string_view word) {
    const std::string_view generation = word == "jr" || word == "junior" || word == "ii"  ? "2"
                                        : word == "sr" || word == "senior" || word == "i" ? "1"
                                        : word == "iii"                                   ? "3"
                                                                                          : "";
    if (generation.empty()) return;
    if (name.find('\t') == std::string::npos) name.push_back('\t');
    name.push_back('\t');
    name.append(generation);
  });
}

void put_words(std::string& out, std::string_view words) {
  if (words.empty()) return;
  if (!out.empty()) out.push_back(' ');
  out.append(words);
}

[[nodiscard]] bool ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

[[nodiscard]] FieldState state_of_text(std::string_view folded) {
  if (folded.empty()) return FieldState::missing;
  return is_placeholder(folded) ? FieldState::placeholder : FieldState::usable;
}

}  // namespace

const NameTexts& FieldReader::name(FieldType type, std::string_view raw, FieldState& state) {
  names_.given.clear();
  names_.family.clear();
  names_.words.clear();
  const NamePart part = type == FieldType::given_name    ? NamePart::given
                        : type == FieldType::family_name ? NamePart::family
                                                         : NamePart::full;
  state = normalise_name(raw, name_, {.part = part, .nicknames = &nicknames_});
  if (state != FieldState::usable) return names_;
  put_key(names_.given, name_.given_key(), name_.given);
  put_key(names_.family, name_.family_key(), name_.family);
  put_generation(type == FieldType::given_name ? names_.given : names_.family, name_.suffix);
  for (const std::string_view words :
       {std::string_view(name_.given), std::string_view(name_.middle),
        std::string_view(name_.family), std::string_view(name_.extra),
        std::string_view(name_.latin_given), std::string_view(name_.latin_family)}) {
    put_words(names_.words, words);
  }
  return names_;
}

const FieldTexts& FieldReader::read(FieldType type, std::string_view raw, FieldState& state) {
  texts_.text.clear();
  texts_.postcode.clear();
  texts_.city.clear();
  switch (type) {
    case FieldType::birth_date:
      state = read_date(raw);
      break;
    case FieldType::email:
      state = normalise_email(raw, email_);
      texts_.text.assign(email_.address);
      if (email_.role && state == FieldState::usable) state = FieldState::placeholder;
      break;
    case FieldType::phone:
      state = read_phone(raw);
      break;
    case FieldType::address:
      state = read_address(raw);
      break;
    case FieldType::postcode:
      state = normalise_postcode(raw, texts_.text);
      break;
    case FieldType::city:
    case FieldType::birth_place:
      state = read_place(raw);
      break;
    case FieldType::region:
    case FieldType::country:
      state = read_region(type, raw);
      break;
    case FieldType::gender:
      state = read_gender(raw);
      break;
    case FieldType::list:
      state = read_list(raw);
      break;
    case FieldType::national_id:
      state = read_identifier(IdentifierKind::national_id, raw);
      break;
    case FieldType::device:
      state = read_identifier(IdentifierKind::device, raw);
      break;
    case FieldType::organisation:
      state = read_organisation(raw);
      break;
    default:
      state = read_text(raw);
      break;
  }
  if (state == FieldState::missing || state == FieldState::placeholder) texts_.text.clear();
  return texts_;
}

FieldState FieldReader::read_text(std::string_view raw) {
  fold_text(raw, texts_.text, true);
  return state_of_text(texts_.text);
}

/// Han characters as pinyin, without what says that it is a city.
FieldState FieldReader::read_place(std::string_view raw) {
  const FieldState state = read_text(raw);
  if (state != FieldState::usable || ascii(texts_.text)) return state;
  for (const std::string_view suffix : {"市", "县", "区"}) {
    if (texts_.text.size() > 2 * suffix.size() && texts_.text.ends_with(suffix)) {
      texts_.text.resize(texts_.text.size() - suffix.size());
      break;
    }
  }
  folded_.clear();
  append_pinyin(std::string_view(texts_.text), folded_);
  texts_.text = folded_;
  return state;
}

/// Eight digits; digits that are no date are compared as well.
FieldState FieldReader::read_date(std::string_view raw) {
  PartialDate date;
  const FieldState state = normalise_date(raw, date);
  const PackedDate packed = pack_date(settled(date, reading_));
  if (packed == 0) return state;
  texts_.text.resize(8);
  for (std::size_t i = 0; i < 8; ++i) {
    texts_.text[i] = "0123456789abcdef"[packed >> (28 - 4 * i) & 0xFU];
  }
  return state;
}

FieldState FieldReader::read_phone(std::string_view raw) {
  const FieldState state = normalise_phone(raw, phone_, {.default_country = country_});
  std::string_view digits = phone_.digits;
  if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
  texts_.text.assign(digits);
  return state;
}

/// House number, street and its type; whatever else there is if there is no street.
FieldState FieldReader::read_address(std::string_view raw) {
  const FieldState state = normalise_address(raw, address_);
  texts_.text.assign(address_.house_number);
  put_words(texts_.text, address_.street);
  put_words(texts_.text, address_.street_type);
  if (address_.street.empty()) {
    put_words(texts_.text, address_.building);
    put_words(texts_.text, address_.district);
  }
  texts_.postcode.assign(address_.postcode);
  texts_.city.assign(address_.city);
  return state;
}

/// As a code where it is known: "ohio" and "OH", "中国" and "CN".
FieldState FieldReader::read_region(FieldType type, std::string_view raw) {
  const FieldState state = read_text(raw);
  if (state != FieldState::usable) return state;
  const bool region = type == FieldType::region;
  constexpr std::pair<std::string_view, std::string_view> in_han[] = {
      {"中国", "cn"}, {"中华人民共和国", "cn"}, {"美国", "us"}, {"英国", "gb"},  {"德国", "de"},
      {"法国", "fr"}, {"日本", "jp"},           {"印度", "in"}, {"加拿大", "ca"}};
  for (const auto& [written, code] : in_han) {
    if (region || texts_.text != written) continue;
    texts_.text = code;
    return state;
  }
  normalise_address(
      {.region = region ? raw : std::string_view{}, .country = region ? std::string_view{} : raw},
      address_);
  const std::string& code = region ? address_.region : address_.country;
  if (!code.empty()) texts_.text = code;
  return state;
}

FieldState FieldReader::read_gender(std::string_view raw) {
  const FieldState state = read_text(raw);
  constexpr std::string_view female[] = {"female", "woman", "w",     "weiblich", "frau", "ms",
                                         "mrs",    "miss",  "femme", "mujer",    "女",   "女士"};
  constexpr std::string_view male[] = {"male", "man",   "mann",   "mannlich", "herr",
                                       "mr",   "homme", "hombre", "男",       "先生"};
  const auto is_one_of = [&](const auto& words) {
    return std::find(std::begin(words), std::end(words), texts_.text) != std::end(words);
  };
  if (is_one_of(female)) texts_.text.assign(1, 'f');
  if (is_one_of(male)) texts_.text.assign(1, 'm');
  return state;
}

/// Without blanks and punctuation: "521-21-2123" is "521212123".
FieldState FieldReader::read_identifier(IdentifierKind kind, std::string_view raw) {
  const FieldState state = normalise_identifier(raw, identifier_, {.kind = kind});
  texts_.text = identifier_.value;
  return state;
}

/// Without punctuation and, at the end, the legal form: "Exports, Inc." is "exports".
FieldState FieldReader::read_organisation(std::string_view raw) {
  const FieldState state = read_text(raw);
  if (state != FieldState::usable) return state;
  folded_.clear();
  for_each_word(texts_.text, [&](std::string_view word) {
    const std::size_t before = folded_.size();
    for (const char c : word) {
      if (std::string_view(".,;:'\"()&/").find(c) == std::string_view::npos) folded_.push_back(c);
    }
    if (folded_.size() > before) folded_.push_back(' ');
  });
  if (!folded_.empty()) folded_.pop_back();
  constexpr std::string_view forms[] = {
      "ab",   "ag",           "as",   "bv",  "co", "company", "corp", "corporation", "ev",  "gmbh",
      "inc",  "incorporated", "kft",  "kg",  "kk", "limited", "llc",  "llp",         "lp",  "ltd",
      "ltda", "nv",           "ohg",  "ooo", "oy", "oyj",     "pc",   "plc",         "pte", "pty",
      "pvt",  "sa",           "sarl", "sas", "sl", "spa",     "srl",  "sro",         "ug",  "zao"};
  for (std::size_t blank = folded_.rfind(' '); blank != std::string::npos;
       blank = folded_.rfind(' ')) {
    const std::string_view last = std::string_view(folded_).substr(blank + 1);
    if (std::find(std::begin(forms), std::end(forms), last) == std::end(forms)) break;
    folded_.resize(blank);
  }
  if (!folded_.empty()) texts_.text = folded_;
  return state;
}

FieldState FieldReader::read_list(std::string_view raw) {
  fold_text(raw, folded_, true);
  std::vector<std::string_view> values;
  std::string_view rest = folded_;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(";|"), rest.size());
    std::string_view value = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
    if (!value.empty() && !is_placeholder(value)) values.push_back(value);
  }
  std::sort(values.begin(), values.end());
  for (const std::string_view value : values) {
    if (!texts_.text.empty()) texts_.text.push_back(' ');
    for (const char c : value) texts_.text.push_back(c == ' ' ? '_' : c);
  }
  return texts_.text.empty() ? state_of_text(folded_) : FieldState::usable;
}

}  // namespace emptor::detail
