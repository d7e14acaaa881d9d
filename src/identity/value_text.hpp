#pragma once
// Parts of normalised values, as views into them.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

namespace emptor::detail {

/// Of a name: what is compared first (Latin letters); what was written stands after the tab.
[[nodiscard]] inline std::string_view before_tab(std::string_view text) noexcept {
  return text.substr(0, text.find('\t'));
}

/// What was written in another script; empty if that is what is compared.
[[nodiscard]] inline std::string_view written_name(std::string_view text) noexcept {
  const std::size_t tab = text.find('\t');
  if (tab == std::string_view::npos) return {};
  text.remove_prefix(tab + 1);
  return before_tab(text);
}
/// '2' for "jr"; 0 if nothing is said.
[[nodiscard]] inline char generation(std::string_view text) noexcept {
  const std::size_t tab = text.find('\t');
  const std::size_t second = tab == std::string_view::npos ? tab : text.find('\t', tab + 1);
  return second == std::string_view::npos ? '\0' : text[second + 1];
}

/// Of eight digits as `FieldReader` writes them.
[[nodiscard]] inline std::uint32_t packed_date(std::string_view digits) noexcept {
  std::uint32_t date = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), date, 16);
  return date;
}

/// Whether one character too many, too few or another one, or two exchanged neighbours, is all that
/// sets two texts apart. By bytes.
[[nodiscard]] inline bool within_one_edit(std::string_view a, std::string_view b) noexcept {
  if (a.size() < b.size()) std::swap(a, b);
  if (a.size() > b.size() + 1) return false;
  const auto mismatch = std::mismatch(b.begin(), b.end(), a.begin());
  const auto at = static_cast<std::size_t>(mismatch.first - b.begin());
  if (at == b.size()) return true;
  if (a.size() > b.size()) return a.substr(at + 1) == b.substr(at);
  if (a.substr(at + 1) == b.substr(at + 1)) return true;
  return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] &&
         a.substr(at + 2) == b.substr(at + 2);
}

template <class Visit>
void for_each_word(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end != 0) visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

[[nodiscard]] inline bool begins_with_digit(std::string_view text) noexcept {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}
/// "12a" of "12a high road"; empty if there is none.
[[nodiscard]] inline std::string_view house_number(std::string_view address) noexcept {
  return begins_with_digit(address) ? address.substr(0, address.find(' ')) : std::string_view{};
}
[[nodiscard]] inline std::string_view after_number(std::string_view address) noexcept {
  if (!begins_with_digit(address)) return address;
  const std::size_t blank = address.find(' ');
  return blank == std::string_view::npos ? std::string_view{} : address.substr(blank + 1);
}

/// "sw1a" of "sw1a 2aa"; without a blank all but the last two characters of five or more.
[[nodiscard]] inline std::string_view postcode_district(std::string_view postcode) noexcept {
  const std::size_t blank = postcode.find(' ');
  if (blank != std::string_view::npos) return postcode.substr(0, blank);
  return postcode.size() >= 5 ? postcode.substr(0, postcode.size() - 2) : postcode;
}

/// Great-circle distance (haversine, mean radius 6,371,008.8 m) of two "latitude,longitude";
/// infinite if one is none.
[[nodiscard]] inline double metres_between(std::string_view a, std::string_view b) noexcept {
  struct Place {
    double latitude = 0, longitude = 0;
    bool valid = false;
  };
  const auto place = [](std::string_view text) {
    Place p;
    const char* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, p.latitude);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ',') return p;
    const auto second = std::from_chars(first.ptr + 1, end, p.longitude);
    p.valid = second.ec == std::errc{} && second.ptr == end && std::abs(p.latitude) <= 90 &&
              std::abs(p.longitude) <= 180;
    return p;
  };
  const Place x = place(a), y = place(b);
  if (!x.valid || !y.valid) return std::numeric_limits<double>::infinity();
  constexpr double radian = 3.14159265358979323846 / 180, radius = 6371008.8;
  const double sin_latitude = std::sin((y.latitude - x.latitude) * radian / 2);
  const double sin_longitude = std::sin((y.longitude - x.longitude) * radian / 2);
  const double h = sin_latitude * sin_latitude + std::cos(x.latitude * radian) *
                                                     std::cos(y.latitude * radian) * sin_longitude *
                                                     sin_longitude;
  return 2 * radius * std::asin(std::sqrt(std::min(1.0, h)));
}

}  // namespace emptor::detail
