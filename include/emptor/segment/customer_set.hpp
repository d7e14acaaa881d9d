#pragma once
// A set of customers as a compressed bitmap: who is in a segment.
//
// Source: Daniel Lemire, Owen Kaser, Nathan Kurz, Luca Deri, Chris O'Hara, François Saint-Jacques,
// Gregory Ssi-Yan-Kai, "Roaring bitmaps: implementation of an optimized software library",
// Software: Practice and Experience 48(4), 2018, doi:10.1002/spe.2560, through CRoaring.
//
// Ids are cut into blocks of 65,536; each is a sorted array, a bitmap or runs, whichever is
// smallest. Memory: 2 bytes a customer in sparse blocks, at most 8 KiB a block. `add`, `remove`,
// `contains`: O(log blocks + log 4096); algebra: O(smaller representation) a block.
// Thread safety: as a std::vector (any number of readers, or one writer).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"

namespace emptor {

class SectionReader;  // core/archive_reader.hpp
class SectionWriter;  // core/archive_writer.hpp

class CustomerSet {
 public:
  EMPTOR_API CustomerSet() noexcept;
  /// In any order, also with repetitions. Throws `invalid_value` for no_customer.
  EMPTOR_API explicit CustomerSet(std::span<const Customer> customers);
  EMPTOR_API CustomerSet(const CustomerSet& other);
  EMPTOR_API CustomerSet(CustomerSet&& other) noexcept;
  EMPTOR_API CustomerSet& operator=(const CustomerSet& other);
  EMPTOR_API CustomerSet& operator=(CustomerSet&& other) noexcept;
  EMPTOR_API ~CustomerSet();
  /// Customers 0 to `customers` - 1.
  [[nodiscard]] EMPTOR_API static CustomerSet first(std::size_t customers);

  /// Whether the customer is new here. Throws `invalid_value` for no_customer.
  EMPTOR_API bool add(Customer customer);
  /// Adds many; throws as `add`, and nothing is added then.
  EMPTOR_API void add(std::span<const Customer> customers);
  /// Whether the customer was here.
  EMPTOR_API bool remove(Customer customer) noexcept;
  EMPTOR_API void clear() noexcept;

  [[nodiscard]] EMPTOR_API bool contains(Customer customer) const noexcept;
  [[nodiscard]] EMPTOR_API std::size_t size() const noexcept;
  [[nodiscard]] EMPTOR_API bool empty() const noexcept;

  EMPTOR_API CustomerSet& operator&=(const CustomerSet& other);
  EMPTOR_API CustomerSet& operator|=(const CustomerSet& other);
  EMPTOR_API CustomerSet& operator-=(const CustomerSet& other);  ///< who is here and not there
  EMPTOR_API CustomerSet& operator^=(const CustomerSet& other);  ///< who is in one of the two alone
  friend CustomerSet operator&(CustomerSet a, const CustomerSet& b) { return a &= b, a; }
  friend CustomerSet operator|(CustomerSet a, const CustomerSet& b) { return a |= b, a; }
  friend CustomerSet operator-(CustomerSet a, const CustomerSet& b) { return a -= b, a; }
  friend CustomerSet operator^(CustomerSet a, const CustomerSet& b) { return a ^= b, a; }
  EMPTOR_API friend bool operator==(const CustomerSet& a, const CustomerSet& b) noexcept;

  /// How many are in both; nothing is built.
  [[nodiscard]] EMPTOR_API std::size_t overlap(const CustomerSet& other) const noexcept;
  /// |both| / |either|, in [0, 1]; 0 when both are empty.
  [[nodiscard]] EMPTOR_API double jaccard(const CustomerSet& other) const noexcept;
  [[nodiscard]] EMPTOR_API bool is_subset_of(const CustomerSet& other) const noexcept;

  /// All, ascending.
  [[nodiscard]] EMPTOR_API std::vector<Customer> customers() const;
  /// Calls `visit` for each, ascending; it must not change the set.
  EMPTOR_API void for_each(FunctionRef<void(Customer)> visit) const;
  /// The customer at this place of the ascending order. O(blocks). Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API Customer at(std::size_t place) const;

  /// The set after merges: customer c counts as `merged_into[c]`; those beyond its end as
  /// themselves. O(size).
  [[nodiscard]] EMPTOR_API CustomerSet map(std::span<const Customer> merged_into) const;

  /// Chooses the smallest form of each block, runs among them. Contents stay; O(size of the form).
  EMPTOR_API void optimise();
  /// Bytes of memory, about.
  [[nodiscard]] EMPTOR_API std::size_t bytes() const noexcept;

  /// Into one section. Equal sets give equal bytes, whatever their history.
  EMPTOR_API void save(SectionWriter& section) const;
  /// What `save` wrote. On damage the section has failed and the set is empty.
  [[nodiscard]] EMPTOR_API static CustomerSet load(SectionReader& section);

 private:
  struct Bits;
  [[nodiscard]] Bits& own();
  explicit CustomerSet(std::unique_ptr<Bits> bits) noexcept;

  std::unique_ptr<Bits> bits_;  // null: nobody
};

/// How n sets overlap.
struct CustomerSetOverlap {
  std::size_t sets = 0;             ///< n
  std::vector<std::uint64_t> both;  ///< n x n, row by row; the diagonal has the sizes

  [[nodiscard]] std::uint64_t at(std::size_t a, std::size_t b) const noexcept {
    return both[a * sets + b];
  }
  /// Share of a that is in b too; 0 when a is empty.
  [[nodiscard]] double share(std::size_t a, std::size_t b) const noexcept {
    return at(a, a) == 0 ? 0.0 : static_cast<double>(at(a, b)) / static_cast<double>(at(a, a));
  }
  /// |both| / |either|; 0 when both are empty.
  [[nodiscard]] double jaccard(std::size_t a, std::size_t b) const noexcept {
    const std::uint64_t either = at(a, a) + at(b, b) - at(a, b);
    return either == 0 ? 0.0 : static_cast<double>(at(a, b)) / static_cast<double>(either);
  }
};

/// Every pair: n (n - 1) / 2 intersections, which may run in parallel.
[[nodiscard]] EMPTOR_API CustomerSetOverlap overlap_of(std::span<const CustomerSet> sets,
                                                       const Context& context = {});

}  // namespace emptor
