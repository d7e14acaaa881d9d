#pragma once
// Who lives in a block of 256 made-up people: households, names, and what changes in their lives.
// A block depends on (options, number of the block) alone. Thread safety: values; drawing only
// reads the words.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "emptor/identity/generator.hpp"
#include "identity/generator_words.hpp"

namespace emptor::detail::generator {

inline constexpr std::size_t people_a_block = 256;
inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t day_seconds = 86400;
inline constexpr std::int64_t generator_begin = 1640995200;  ///< 2022-01-01

// What a stream of the seed is for, beside that of each person's records.
inline constexpr std::uint64_t household_salt = 0x686f757365686f6cU;
inline constexpr std::uint64_t person_salt = 0x706572736f6e7300U;
inline constexpr std::uint64_t recycling_salt = 0x72656379636c6500U;

/// A name in the person's own script, and in Latin letters where that is another.
struct GeneratedName {
  std::string own;
  std::string latin;  ///< pinyin; empty for Western names
};

struct GeneratedAddress {
  std::uint32_t city = 0;
  std::uint32_t street = 0;
  std::uint16_t house = 0;
  std::uint16_t unit = 0;  ///< 0: none
};

/// Two values and the moment from which the second one holds.
template <class T>
struct Changing {
  std::array<T, 2> values{};
  std::int64_t change = never;
  [[nodiscard]] const T& at(std::int64_t time) const noexcept { return values[time >= change]; }
};

struct Person {
  std::uint32_t household = 0;
  Land land = Land::us;
  bool female = false;
  bool child = false;
  std::int32_t born = 0;  ///< days since 1970
  GeneratedName given;
  const GivenName* forms = nullptr;  ///< short forms; null for Chinese
  Changing<GeneratedName> family;
  Changing<GeneratedAddress> address;
  Changing<std::uint64_t> phone;  ///< national significant digits
  Changing<std::string> email;
  std::int64_t recycled_before = 0;  ///< numbers given before it are, or became, a stranger's
  std::int64_t recycled_after = never;
  bool shares_phone = false;
  bool shares_device = false;
  std::uint64_t device = 0;
  std::uint64_t account = 0;  ///< 0: none
};

class PeopleBlock {
 public:
  PeopleBlock(const IdentityGeneratorOptions& options, const GeneratorWords& words)
      : options_(&options), words_(&words), people_(people_a_block) {}

  /// Makes the people of this block.
  void draw(std::size_t block);
  [[nodiscard]] const Person& person(std::size_t i) const noexcept { return people_[i]; }

 private:
  enum class Kind : std::uint8_t { family, parent, siblings, flatmates };

  void draw_household(RandomStream& random, std::size_t begin, std::size_t size,
                      std::uint32_t first_person);
  void draw_birth(RandomStream& random, std::size_t begin, std::size_t i, Kind kind,
                  std::size_t size);
  void draw_given(RandomStream& random, Person& person) const;
  void draw_family(RandomStream& random, Land land, GeneratedName& out) const;
  void draw_life(RandomStream& random, Person& person, std::uint32_t number);
  void draw_email(RandomStream& random, const Person& person, const GeneratedName& family,
                  std::string& out) const;
  void recycle(std::size_t block);
  [[nodiscard]] GeneratedAddress draw_address(RandomStream& random, Land land) const;
  [[nodiscard]] static std::uint64_t draw_phone(RandomStream& random, Land land);
  [[nodiscard]] std::int64_t draw_moment(RandomStream& random) const {
    return generator_begin + random.below(static_cast<std::uint32_t>(options_->days)) * day_seconds;
  }

  const IdentityGeneratorOptions* options_;
  const GeneratorWords* words_;
  std::vector<Person> people_;
};

}  // namespace emptor::detail::generator
