#pragma once
// An address while it is taken to pieces. Internal; see identity/address.hpp.
// Thread safety: values, each for one thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emptor/identity/address.hpp"

namespace emptor::detail {

enum AddressSign : std::uint8_t {
  sign_break = 1,   // a comma, a line or a column ended before
  sign_hyphen = 2,  // a hyphen stood right before
  sign_slash = 4,
  sign_hash = 8,
};

struct WorkToken {
  std::uint32_t begin = 0;
  std::uint16_t size = 0;
  std::uint16_t kinds = 0;
  std::uint8_t signs = 0;
  std::uint8_t digits = 0;  // how many it begins with
  AddressPart part = AddressPart::street;
  bool known = false;  // its part has been found
  bool field = false;  // it came in the column of its part
};

class AddressWork {
 public:
  static constexpr std::size_t most = 64;

  explicit AddressWork(PostalAddress& out) : out_(out) {}

  /// Cuts a text into tokens behind those that are there; false if it is written in Han characters
  /// (then nothing has been added).
  bool tokenise(std::string_view raw);
  /// The same, all of one part.
  void take(std::string_view raw, AddressPart part);
  /// No city is sought in what is analysed.
  void expect_no_city() noexcept { has_city_ = true; }
  /// Finds the parts of the tokens from `begin` on that are not known.
  void analyse(std::size_t begin);
  /// Writes the parts.
  void finish();

  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  [[nodiscard]] std::string_view text(const WorkToken& token) const noexcept {
    return std::string_view(out_.text).substr(token.begin, token.size);
  }
  [[nodiscard]] std::string_view text(std::size_t i) const noexcept { return text(tokens_[i]); }
  [[nodiscard]] bool is_number(std::size_t i) const noexcept {
    return tokens_[i].digits == tokens_[i].size;
  }
  [[nodiscard]] bool is(std::size_t i, unsigned kinds) const noexcept {
    return (tokens_[i].kinds & kinds) != 0;
  }
  [[nodiscard]] bool breaks(std::size_t i) const noexcept {
    return (tokens_[i].signs & sign_break) != 0;
  }
  void mark(std::size_t i, AddressPart part) noexcept {
    tokens_[i].part = part;
    tokens_[i].known = true;
  }
  [[nodiscard]] bool is_house_number(std::size_t i) const noexcept;
  [[nodiscard]] std::size_t next_unknown(std::size_t i) const noexcept;

  void end_token(std::uint32_t begin, std::uint8_t signs);
  void add(std::uint32_t begin, std::size_t size, std::uint8_t signs);
  [[nodiscard]] std::size_t postcode_at_end(std::size_t end) const noexcept;
  [[nodiscard]] bool region_at_end(std::size_t end, std::size_t& words) const noexcept;
  [[nodiscard]] bool country_at_end(std::size_t end, std::size_t& words) const noexcept;
  void strip_tail();
  void find_postcode();
  void find_boxes_and_units();
  void find_house_number();
  void find_street();

  PostalAddress& out_;
  std::array<WorkToken, most> tokens_{};
  std::size_t count_ = 0;
  std::size_t begin_ = 0;  // of what is analysed
  std::size_t end_ = 0;    // of it, without the tail that is known
  std::size_t house_ = most;
  bool postcode_ = false;
  bool region_ = false;
  bool country_ = false;
  bool has_city_ = false;    // in a column of its own
  bool box_ = false;         // of a post office
  bool city_state_ = false;  // the country is the city
};

/// Postcodes in one form, from their letters and digits without blanks, in place.
void spell_postcode(std::string& code);

/// An address with Han characters; fills `out`.
void read_han_address(std::string_view raw, PostalAddress& out);
[[nodiscard]] bool has_han(std::string_view raw) noexcept;

}  // namespace emptor::detail
