#pragma once
// Words that the sections on referral share. Internal to the room.

#include <algorithm>
#include <string>
#include <string_view>

#include "emptor/core/text.hpp"
#include "emptor/report/sections_referral.hpp"

namespace emptor::detail {

[[nodiscard]] inline std::string customer_text(const CustomerNames& names, Customer customer) {
  if (customer == no_customer) return "nobody";
  return names ? names(customer) : text("customer ", index(customer));
}

/// "second_parent" reads as "second parent".
[[nodiscard]] inline std::string in_words(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

}  // namespace emptor::detail
