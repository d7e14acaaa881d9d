#pragma once
// Dense ids: 32-bit numbers 0, 1, 2, … of one kind of thing each. A customer is not an item: mixing
// them does not compile. A host's own keys (text or 64-bit numbers) live in `Keys<Id>`.
// Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace emptor {

enum class Customer : std::uint32_t {};
enum class Item : std::uint32_t {};
enum class Order : std::uint32_t {};
enum class Channel : std::uint32_t {};
enum class Category : std::uint32_t {};
enum class Programme : std::uint32_t {};  ///< a referral programme: its own tree and its own rules
enum class Campaign : std::uint32_t {};   ///< a part of a programme with a window of its own
enum class Feature : std::uint32_t {};    ///< one thing said of customers or items: "brand=Sony"

template <class Id>
concept DenseId = std::is_enum_v<Id> && std::is_same_v<std::underlying_type_t<Id>, std::uint32_t>;

/// The id that names nothing: the customer of an anonymous order, the category of an unsorted item.
template <DenseId Id>
inline constexpr Id no_id = static_cast<Id>(std::numeric_limits<std::uint32_t>::max());

inline constexpr Customer no_customer = no_id<Customer>;
inline constexpr Item no_item = no_id<Item>;

/// Most ids of one kind: every value but `no_id`.
inline constexpr std::size_t max_ids = std::numeric_limits<std::uint32_t>::max();

/// The id's place in an array.
template <DenseId Id>
[[nodiscard]] constexpr std::size_t index(Id id) noexcept {
  return static_cast<std::size_t>(id);
}

/// The id at a place in an array; `place` < max_ids.
template <DenseId Id>
[[nodiscard]] constexpr Id id_at(std::size_t place) noexcept {
  return static_cast<Id>(static_cast<std::uint32_t>(place));
}

}  // namespace emptor
