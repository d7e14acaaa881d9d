#include "emptor/report/format.hpp"

#include <array>
#include <cmath>
#include <string_view>

#include "emptor/core/text.hpp"

namespace emptor {

namespace {

std::string with_groups(std::string digits) {
  const std::size_t point = digits.find('.');
  std::size_t at = point == std::string::npos ? digits.size() : point;
  while (at > 3) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string without_zeros(std::string digits) {
  if (digits.find('.') == std::string::npos) return digits;
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

bool is_zero(std::string_view digits) {
  return digits.find_first_not_of("0.") == std::string_view::npos;
}

std::string scientific(double magnitude) {
  std::array<char, 48> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude,
                                 std::chars_format::scientific, 2);
  const std::string out(buffer.data(), end.ptr);
  const std::size_t e = out.find('e');
  return without_zeros(out.substr(0, e)) + out.substr(e);
}

std::string plain(double magnitude, int decimals, bool keep_zeros) {
  if (magnitude >= 1e15) return scientific(magnitude);
  std::string digits = fixed(magnitude, decimals);
  if (magnitude > 0 && is_zero(digits) && decimals >= 2) return scientific(magnitude);
  return with_groups(keep_zeros ? digits : without_zeros(std::move(digits)));
}

std::string compact(double magnitude, int decimals, bool keep_zeros) {
  constexpr std::array<std::string_view, 5> suffixes = {"", "k", "M", "B", "T"};
  std::size_t unit = 0;
  double scaled = magnitude;
  while (unit + 1 < suffixes.size() && scaled >= 1000) {
    scaled /= 1000;
    ++unit;
  }
  if (unit == 0) {
    const std::string small = plain(magnitude, decimals, keep_zeros);
    return small.starts_with("1,000") ? "1k" : small;
  }
  if (scaled >= 1000) return scientific(magnitude);
  std::string digits = fixed(scaled, scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2);
  if (digits.starts_with("1000")) {
    if (unit + 1 == suffixes.size()) return scientific(magnitude);
    digits = "1";
    ++unit;
  }
  return without_zeros(std::move(digits)).append(suffixes[unit]);
}

}  // namespace

std::string format_value(double value, const ValueFormat& format) {
  if (std::isnan(value)) return "\xE2\x80\x94";
  const int decimals = format.decimals < 0 ? 0 : format.decimals > 4 ? 4 : format.decimals;
  double magnitude = std::fabs(value);
  if (format.style == NumberStyle::percent) magnitude *= 100;
  std::string digits;
  if (std::isinf(magnitude)) {
    digits = "\xE2\x88\x9E";
  } else if (format.style == NumberStyle::compact) {
    digits = compact(magnitude, decimals, format.keep_zeros);
  } else if (format.style == NumberStyle::percent && value > 0 &&
             is_zero(fixed(magnitude, decimals))) {
    digits = text("<", fixed(std::pow(10.0, -decimals), decimals));  // something is not nothing
  } else {
    digits = plain(magnitude, decimals, format.keep_zeros);
  }
  std::string out = value < 0 && !is_zero(digits) ? "-" : "";
  out += format.unit_before;
  out += digits;
  if (format.style == NumberStyle::percent) out += '%';
  out += format.unit_after;
  return out;
}

}  // namespace emptor
