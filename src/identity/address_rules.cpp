// Which token of an address is which part of it.

#include <algorithm>
#include <iterator>
#include <string>

#include "address_words.hpp"
#include "address_work.hpp"
#include "folded_text.hpp"

namespace emptor::detail {

namespace {

/// 1: letter, 2: digit, for each character; "" longer than 8.
bool has_shape(std::string_view word, std::string_view shape) noexcept {
  if (word.size() != shape.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (shape[i] == 'a' ? !is_lower(word[i]) : !is_digit(word[i])) return false;
  }
  return true;
}

bool is_outward(std::string_view word) noexcept {  // of a British postcode
  return has_shape(word, "a9") || has_shape(word, "a99") || has_shape(word, "aa9") ||
         has_shape(word, "aa99") || has_shape(word, "a9a") || has_shape(word, "aa9a");
}

bool is_pair(std::string_view first, std::string_view second) noexcept {
  return (has_shape(second, "9aa") && is_outward(first)) ||
         (has_shape(first, "a9a") && has_shape(second, "9a9"));
}

/// A British or Canadian postcode without its blank; where it belongs.
std::size_t glued_pair(std::string_view word) noexcept {
  if (word.size() < 5 || word.size() > 7) return 0;
  const std::size_t cut = word.size() - 3;
  return is_pair(word.substr(0, cut), word.substr(cut)) ? cut : 0;
}

/// Codes of regions that are words, too.
bool is_also_a_word(std::string_view word) noexcept {
  constexpr std::string_view words[] = {"al", "as", "co", "de", "hi", "id", "in", "la",
                                        "ma", "me", "oh", "ok", "on", "or", "pa"};
  return std::binary_search(std::begin(words), std::end(words), word);
}

}  // namespace

void spell_postcode(std::string& code) {
  const std::size_t letters = std::min(code.find_first_of("0123456789"), code.size());
  const bool digits_behind =
      letters < code.size() && code.find_first_not_of("0123456789", letters) == std::string::npos;
  if (letters == 0 && digits_behind) {
    if (code.size() == 9) code.resize(5);  // zip+4
  } else if (const std::size_t cut = glued_pair(code); cut != 0) {
    code.insert(cut, 1, ' ');
  } else if (has_shape(code, "9999aa")) {
    code.insert(4, 1, ' ');
  } else if (digits_behind && letters <= 3 && code.size() - letters >= 4) {
    code.erase(0, letters);  // "d", "ch", "fl" before the number
  }
}

bool AddressWork::is_house_number(std::size_t i) const noexcept {
  const WorkToken& token = tokens_[i];
  if (token.digits == 0 || token.digits > 6) return false;
  const std::string_view rest = text(i).substr(token.digits);
  return rest.size() <= 1 || rest == "bis" || rest == "ter";
}

std::size_t AddressWork::next_unknown(std::size_t i) const noexcept {
  while (i < end_ && tokens_[i].known) ++i;
  return i;
}

std::size_t AddressWork::postcode_at_end(std::size_t end) const noexcept {
  const std::size_t left = end - begin_, last = end - 1;
  if (left >= 2 && is_pair(text(last - 1), text(last))) return 2;
  if (glued_pair(text(last)) != 0 && left >= 2) return 1;
  if (!is_number(last)) return 0;
  const WorkToken& token = tokens_[last];
  if (left >= 2 && (token.signs & sign_hyphen) != 0 && token.size == 4 && is_number(last - 1)) {
    const std::size_t before = tokens_[last - 1].size;
    if (before == 5 || before == 3) return 2;
  }
  if ((token.signs & (sign_hash | sign_slash | sign_hyphen)) != 0) return 0;
  if (left >= 2 && is(last - 1, kind_unit | kind_number | kind_box) && !is(last - 1, kind_region)) {
    return 0;
  }
  if (token.size == 5 || token.size == 6 || token.size == 9) return left >= 2 ? 1 : 0;
  if (token.size != 4 || left < 3) return 0;
  return breaks(last) || !is(last - 1, kind_type) ? 1 : 0;
}

bool AddressWork::region_at_end(std::size_t end, std::size_t& words) const noexcept {
  const std::size_t left = end - begin_;
  if (is(end - 1, kind_name_end)) {
    for (const RegionName& name : region_names) {
      words = name.third.empty() ? 2 : 3;
      if (name.country || left < words + 2) continue;
      const std::size_t at = end - words;
      if (text(at) == name.first && text(at + 1) == name.second &&
          (words == 2 || text(at + 2) == name.third)) {
        return true;
      }
    }
  }
  words = 1;
  const std::size_t last = end - 1;
  if (!is(last, kind_region) || left < 2) return false;
  if (breaks(last) || postcode_ || country_) return left >= 3 || breaks(last);
  return left >= 3 && !is(last, kind_type | kind_direction | kind_unit) &&
         !is_also_a_word(text(last));
}

bool AddressWork::country_at_end(std::size_t end, std::size_t& words) const noexcept {
  const std::size_t left = end - begin_, last = end - 1;
  if (is(end - 1, kind_name_end)) {
    for (const RegionName& name : region_names) {
      words = name.third.empty() ? 2 : 3;
      if (!name.country || left < words) continue;
      const std::size_t at = end - words;
      if (text(at) == name.first && text(at + 1) == name.second &&
          (words == 2 || text(at + 2) == name.third)) {
        return true;
      }
    }
  }
  words = 1;
  return is(last, kind_country) && left >= 2 && (breaks(last) || left >= 3);
}

/// Postcode, region and country from behind, in any order.
void AddressWork::strip_tail() {
  bool found_postcode = false, found_region = false, found_country = false;
  const bool given = region_;  // then the end of a line may be a name of its own
  while (end_ > begin_) {
    std::size_t words = 0;
    if (!found_postcode && (words = postcode_at_end(end_)) != 0) {
      for (std::size_t i = end_ - words; i < end_; ++i) mark(i, AddressPart::postcode);
      postcode_ = found_postcode = true;
    } else if (!found_country && country_at_end(end_, words)) {
      for (std::size_t i = end_ - words; i < end_; ++i) mark(i, AddressPart::country);
      country_ = found_country = true;
      city_state_ = text(end_ - 1) == "singapore" || text(end_ - 1) == "kong";
    } else if (!found_region && (!given || found_postcode || breaks(end_ - 1)) &&
               region_at_end(end_, words)) {
      for (std::size_t i = end_ - words; i < end_; ++i) mark(i, AddressPart::region);
      region_ = found_region = true;
    } else {
      return;
    }
    end_ -= words;
  }
}

/// A postcode before the city: "75002 paris", "fl-2198 triesen".
void AddressWork::find_postcode() {
  for (std::size_t i = begin_ + 1; i < end_ && !postcode_; ++i) {
    if (i + 1 < end_ && is_pair(text(i), text(i + 1))) {
      mark(i, AddressPart::postcode);
      mark(i + 1, AddressPart::postcode);
      postcode_ = true;
      return;
    }
    if (!is_number(i) || i + 1 >= end_ || tokens_[i + 1].digits != 0) continue;
    const WorkToken& token = tokens_[i];
    const bool prefixed =
        (token.signs & sign_hyphen) != 0 && tokens_[i - 1].size <= 3 && tokens_[i - 1].digits == 0;
    if (!prefixed && is(i - 1, kind_unit | kind_number | kind_box)) continue;
    const bool five = token.size == 5 || token.size == 6;
    if (!five && !(token.size == 4 && (prefixed || breaks(i)))) continue;
    bool street = false;  // then it is a house number
    for (std::size_t j = i + 1; j < end_ && !breaks(j); ++j) street = street || is(j, kind_type);
    if (street && breaks(i)) continue;
    if (prefixed) {
      mark(i - 1, AddressPart::postcode);
      if (breaks(i - 1)) tokens_[i + 1].signs |= sign_break;
    }
    if (i + 1 < end_) tokens_[i + 1].signs |= sign_break;
    mark(i, AddressPart::postcode);
    postcode_ = true;
  }
}

void AddressWork::find_boxes_and_units() {
  for (std::size_t i = begin_; i < end_; ++i) {
    if (tokens_[i].known) continue;
    const bool more = i + 1 < end_ && !tokens_[i + 1].known;
    if (is(i, kind_box)) {
      const bool po_box = text(i) == "po" && more && is(i + 1, kind_box);
      const std::size_t number = po_box ? i + 2 : i + 1;
      if (number >= end_ || tokens_[number].digits == 0 || (text(i) == "po" && !po_box)) continue;
      for (std::size_t j = i; j < number; ++j) mark(j, AddressPart::box);
      mark(number, AddressPart::house_number);
      if (house_ == most) house_ = number;
      box_ = true;
      i = number;
    } else if (is(i, kind_unit)) {
      const bool value =
          more && !breaks(i + 1) && (tokens_[i + 1].digits != 0 || tokens_[i + 1].size == 1);
      const bool alone = text(i) == "ph";
      if (!value && !alone) continue;
      mark(i, AddressPart::unit);
      if (value) mark(i + 1, AddressPart::unit);
      for (std::size_t j = i + 2; value && j < end_; ++j) {  // "12-14", "71 b"
        if ((tokens_[j].signs & sign_hyphen) == 0) break;
        mark(j, AddressPart::unit);
      }
    } else if ((tokens_[i].signs & sign_hash) != 0 && tokens_[i].digits != 0) {
      bool other = false;  // a house number besides
      for (std::size_t j = begin_; j + 1 < end_; ++j) {
        other = other || (j != i && (tokens_[j].signs & (sign_hash | sign_hyphen)) == 0 &&
                          is_house_number(j) && tokens_[j + 1].digits == 0);
      }
      if (!other) continue;
      mark(i, AddressPart::unit);
      for (std::size_t j = i + 1; j < end_ && (tokens_[j].signs & sign_hyphen) != 0; ++j) {
        mark(j, AddressPart::unit);
      }
    }
  }
}

void AddressWork::find_house_number() {
  if (house_ != most) return;
  for (std::size_t i = begin_; i + 1 < end_; ++i) {
    if (!is(i, kind_number) || tokens_[i].known || !is_house_number(i + 1)) continue;
    mark(i, AddressPart::house_number);
    mark(i + 1, AddressPart::house_number);
    tokens_[i].size = 0;  // "no" is no part of the number
    house_ = i + 1;
    return;
  }
  bool first = true;  // of its segment
  for (std::size_t i = begin_; i < end_; ++i) {
    if (breaks(i)) first = true;
    if (tokens_[i].known) continue;
    const std::size_t next = i + 1;
    if (first && is_house_number(i) && next < end_) {
      std::size_t last = i;
      if ((tokens_[next].signs & sign_slash) != 0 && is_house_number(next)) {
        mark(i, AddressPart::unit);
        last = next;
      } else {
        mark(i, AddressPart::house_number);
        if ((tokens_[next].signs & sign_hyphen) != 0 && is_house_number(next)) last = next;
      }
      mark(last, AddressPart::house_number);
      house_ = last;
      if (last + 1 < end_ && (text(last + 1) == "bis" || text(last + 1) == "ter") &&
          last + 2 < end_ && !breaks(last + 2)) {
        mark(++house_, AddressPart::house_number);
      }
      return;
    }
    first = false;
  }
  for (std::size_t i = begin_ + 1; i + 2 < end_; ++i) {  // "rose house 12 high st"
    if (tokens_[i].known || breaks(i) || !is_house_number(i) || tokens_[i + 1].known) continue;
    for (std::size_t j = i + 2; j < end_ && !breaks(j) && !breaks(i + 1); ++j) {
      if (!is(j, kind_type) || tokens_[j].known || is(i - 1, kind_type)) continue;
      mark(i, AddressPart::house_number);
      house_ = i;
      return;
    }
  }
  for (std::size_t i = begin_ + 1; i < end_; ++i) {
    const bool ends = i + 1 == end_ || breaks(i + 1) || tokens_[i + 1].known;
    if (tokens_[i].known || tokens_[i - 1].known || breaks(i) || !is_house_number(i)) continue;
    if (!ends && !is(i - 1, kind_type)) continue;
    mark(i, AddressPart::house_number);
    house_ = i;
    if (i + 1 < end_ && tokens_[i + 1].size == 1 && !breaks(i + 1) && !tokens_[i + 1].known) {
      mark(i + 1, AddressPart::house_number);  // "23 b"
    }
    return;
  }
}

void AddressWork::find_street() {
  if (box_) {
    for (std::size_t i = begin_; i < end_; ++i) {
      if (!tokens_[i].known) mark(i, has_city_ ? AddressPart::building : AddressPart::city);
    }
    return;
  }
  // The segment of the street: that of the house number, or the first with a kind of street.
  const auto segment_begin = [&](std::size_t i) {
    while (i > begin_ && !breaks(i)) --i;
    return i;
  };
  const auto segment_end = [&](std::size_t i) {
    ++i;
    while (i < end_ && !breaks(i)) ++i;
    return i;
  };
  std::size_t street = most;
  if (house_ >= begin_ && house_ < end_) {
    street = segment_begin(house_);
  } else {
    for (std::size_t i = begin_; i < end_ && street == most; ++i) {
      if (!tokens_[i].known && is(i, kind_type | kind_prefix)) street = segment_begin(i);
    }
    if (street == most) street = begin_;
  }
  std::size_t end = street < end_ ? segment_end(street) : end_;
  // A number in a segment of its own: "321, street 128".
  if (house_ < end && next_unknown(street) >= end && end < end_) {
    street = end;
    end = segment_end(end);
  }
  has_city_ = has_city_ || city_state_;
  bool more = has_city_;  // segments with words behind the street's
  for (std::size_t i = end; i < end_; ++i) more = more || !tokens_[i].known;

  std::size_t from = next_unknown(std::max(street, house_ < end && house_ >= street ? house_ : 0));
  if (house_ < end_ && house_ > street) {
    const std::size_t before = next_unknown(street);
    if (before < house_ && (from >= end || is(before, kind_prefix) || is(house_ - 1, kind_type))) {
      from = before;  // the number stands behind the name
    }
  }
  // Names before the number in its segment: a building.
  for (std::size_t i = street; i < std::min(from, end); ++i) {
    if (!tokens_[i].known) mark(i, AddressPart::building);
  }
  if (from < end && is(from, kind_direction) && from + 1 < end && !tokens_[from + 1].known &&
      !(is(from + 1, kind_type) && (from + 2 >= end || !is(from + 2, kind_type)))) {
    mark(from, AddressPart::direction);
    from = next_unknown(from + 1);
  }
  std::size_t type = most;
  bool named = false;
  if (from < end && is(from, kind_prefix) && from + 1 < end && !tokens_[from + 1].known &&
      !is(from + 1, kind_type)) {
    type = from;
    mark(from, AddressPart::type);
  } else {
    for (std::size_t i = from + 1; i < end; ++i) {
      if (tokens_[i].known || !is(i, kind_type)) continue;
      type = i;
      const bool goes_on = i + 1 < end && !tokens_[i + 1].known && is(i + 1, kind_type);
      if (!more && !goes_on) break;
    }
    if (type == most && from < end && is(from, kind_type) && from + 1 < end &&
        tokens_[from + 1].digits != 0) {
      type = from;  // "street 128"
      mark(from + 1, AddressPart::street);
      named = true;
    }
    if (type != most) mark(type, AddressPart::type);
  }
  const bool behind = named || (type != most && type > from);  // the name stands before its kind
  for (std::size_t i = from; i < end; ++i) {
    if (tokens_[i].known) continue;
    if (!behind || i < type) {
      mark(i, AddressPart::street);
    } else if (i == type + 1 && is(i, kind_direction)) {
      mark(i, AddressPart::direction);
    } else {
      mark(i, more ? AddressPart::building : AddressPart::city);
    }
  }
  // What stands before is a building; behind, the last segment is the city.
  for (std::size_t i = begin_; i < street; ++i) {
    if (!tokens_[i].known) mark(i, AddressPart::building);
  }
  std::size_t city = end_;
  for (std::size_t i = end_; i-- > end;) {
    if (!tokens_[i].known && city == end_) city = segment_begin(i);
  }
  for (std::size_t i = end; i < end_; ++i) {
    if (tokens_[i].known) continue;
    mark(i, i >= city && !has_city_ ? AddressPart::city : AddressPart::district);
  }
}

void AddressWork::analyse(std::size_t begin) {
  begin_ = begin;
  end_ = count_;
  while (end_ > begin_ && tokens_[end_ - 1].known) --end_;
  if (begin_ >= end_) return;
  strip_tail();
  if (!postcode_) find_postcode();
  find_boxes_and_units();
  find_house_number();
  find_street();
}

}  // namespace emptor::detail
