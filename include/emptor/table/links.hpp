#pragma once
// Who trusts or befriends whom: an m x m matrix of link weights over the customers.
//
// A row holds whom a customer follows; friendship is a matrix that equals its transpose. Immutable
// and shared: a copy costs a pointer. Memory: 16 bytes a link (both directions are kept) and 16 m.
// Thread safety: may be read from any thread.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/math/csr.hpp"

namespace emptor {

/// Links one after another, as they come from a file or a host.
struct LinkLog {
  std::vector<Customer> from;  ///< who trusts
  std::vector<Customer> to;    ///< whom
  std::vector<float> weights;  ///< finite and > 0

  [[nodiscard]] std::size_t size() const noexcept { return from.size(); }
  void add(Customer who, Customer whom, float weight = 1) {
    from.push_back(who);
    to.push_back(whom);
    weights.push_back(weight);
  }
};

enum class LinkDirection : std::uint8_t {
  directed,  ///< as given
  mutual,    ///< every link counts both ways; a pair that was given both ways is one of duplicates
};

class Links {
 public:
  Links() : Links(Csr<float>{}) {}

  /// From a log over `customers` ids. O(links + m).
  /// Throws `invalid_shape` when the log's columns differ in length, `out_of_range` when an id is
  /// outside, `invalid_value` for a link of a customer with itself or a weight that is not finite
  /// and > 0, `duplicate` for a repeated link under Duplicates::refuse.
  Links(std::size_t customers, const LinkLog& log,
        LinkDirection direction = LinkDirection::directed,
        Duplicates duplicates = Duplicates::largest)
      : Links(rows_of(customers, log, direction, duplicates)) {}

  /// From a matrix of m rows (who) x m columns (whom). Throws `invalid_shape` unless square,
  /// `invalid_value` for a customer linked with itself or a weight that is not finite and > 0.
  explicit Links(Csr<float> outgoing) {
    if (outgoing.rows() != outgoing.columns()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("links are among the customers, m x m, got ", outgoing.rows(), " x ",
                           outgoing.columns()),
                      "Links");
    }
    for (std::size_t who = 0; who < outgoing.rows(); ++who) {
      const auto whom = outgoing.row_indices(who);
      const auto weights = outgoing.row_values(who);
      for (std::size_t k = 0; k < whom.size(); ++k) check_link(who, whom[k], weights[k]);
    }
    Csr<float> incoming = outgoing.transposed();
    sides_ = std::make_shared<const Sides>(Sides{std::move(outgoing), std::move(incoming)});
  }

  [[nodiscard]] std::size_t customers() const noexcept { return sides_->outgoing.rows(); }
  /// Directed links: a friendship counts two.
  [[nodiscard]] std::size_t size() const noexcept { return sides_->outgoing.nonzeros(); }

  /// m x m; a row is whom one customer follows.
  [[nodiscard]] const Csr<float>& outgoing() const noexcept { return sides_->outgoing; }
  /// m x m; a row is who follows one customer.
  [[nodiscard]] const Csr<float>& incoming() const noexcept { return sides_->incoming; }

  [[nodiscard]] bool contains(Customer who, Customer whom) const noexcept {
    return outgoing().contains(index(who), static_cast<std::uint32_t>(whom));
  }

  /// The same links among m >= customers() customers; the new ones have none.
  /// Throws `invalid_shape` when there are fewer.
  [[nodiscard]] Links grown(std::size_t customers) const {
    if (customers < this->customers()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("links of ", this->customers(), " customers do not fit ", customers),
                      "Links");
    }
    if (customers == this->customers()) return *this;
    std::vector<std::size_t> offsets(customers + 1, size());
    std::copy(outgoing().offsets().begin(), outgoing().offsets().end(), offsets.begin());
    const auto indices = outgoing().indices();
    const auto values = outgoing().values();
    return Links(Csr<float>(customers, std::move(offsets), {indices.begin(), indices.end()},
                            {values.begin(), values.end()}));
  }

 private:
  struct Sides {
    Csr<float> outgoing;
    Csr<float> incoming;
  };

  static void check_link(std::size_t who, std::size_t whom, float weight) {
    if (who == whom) {
      throw Exception(ErrorCode::invalid_value, "a customer cannot be linked with itself", "Links");
    }
    if (!(weight > 0) || !std::isfinite(weight)) {
      throw Exception(ErrorCode::invalid_value,
                      text("a link's weight must be finite and > 0, got ", weight), "Links");
    }
  }
  static Csr<float> rows_of(std::size_t customers, const LinkLog& log, LinkDirection direction,
                            Duplicates duplicates) {
    if (direction == LinkDirection::directed || log.to.size() != log.size() ||
        log.weights.size() != log.size()) {
      return Csr<float>::from_entries(customers, customers, log.from, log.to, log.weights,
                                      duplicates);
    }
    LinkLog both = log;
    for (std::size_t k = 0; k < log.size(); ++k) {
      if (index(log.from[k]) < customers) {
        check_link(index(log.from[k]), index(log.to[k]), log.weights[k]);
      }
      both.add(log.to[k], log.from[k], log.weights[k]);
    }
    return Csr<float>::from_entries(customers, customers, both.from, both.to, both.weights,
                                    duplicates);
  }

  std::shared_ptr<const Sides> sides_;
};

}  // namespace emptor
