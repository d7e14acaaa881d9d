#include "emptor/segment/customer_set.hpp"

#include <roaring/roaring.h>

#include <algorithm>
#include <new>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

static_assert(sizeof(Customer) == sizeof(std::uint32_t));

roaring_bitmap_t* made(roaring_bitmap_t* bits) {
  if (bits == nullptr) throw std::bad_alloc();
  return bits;
}

std::uint32_t number(Customer customer) {
  if (customer == no_customer) {
    throw Exception(ErrorCode::invalid_value, "a set holds known customers only", "CustomerSet");
  }
  return static_cast<std::uint32_t>(customer);
}

enum class BlockForm : std::uint8_t { array, bitmap, runs };

constexpr std::size_t block_ids = 65'536;
constexpr std::size_t bitmap_words = block_ids / 64;

struct Run {
  std::uint16_t first;
  std::uint16_t last;
};

std::vector<Run> runs_of(std::span<const std::uint32_t> ids) {
  std::vector<Run> runs;
  for (const std::uint32_t id : ids) {
    const auto low = static_cast<std::uint16_t>(id);
    if (!runs.empty() && runs.back().last + 1 == low) {
      runs.back().last = low;
    } else {
      runs.push_back({low, low});
    }
  }
  return runs;
}

/// Ids of one block, ascending: high half, form, content; the smallest form, the first of equals.
void save_block(SectionWriter& section, std::span<const std::uint32_t> ids) {
  const std::vector<Run> runs = runs_of(ids);
  const std::size_t array_bytes = 8 + 2 * ids.size(), run_bytes = 8 + 4 * runs.size();
  const std::size_t bitmap_bytes = 8 + 8 * bitmap_words;
  section.put(static_cast<std::uint16_t>(ids.front() >> 16));
  std::vector<std::uint16_t> numbers;
  if (array_bytes <= bitmap_bytes && array_bytes <= run_bytes) {
    section.put(BlockForm::array);
    for (const std::uint32_t id : ids) numbers.push_back(static_cast<std::uint16_t>(id));
    section.put_array(numbers);
  } else if (bitmap_bytes <= run_bytes) {
    section.put(BlockForm::bitmap);
    std::vector<std::uint64_t> words(bitmap_words, 0);
    for (const std::uint32_t id : ids) words[(id & 0xffff) / 64] |= std::uint64_t{1} << (id % 64);
    section.put_array(words);
  } else {
    section.put(BlockForm::runs);
    for (const Run& run : runs) {
      numbers.push_back(run.first);
      numbers.push_back(run.last);
    }
    section.put_array(numbers);
  }
}

void load_array(SectionReader& section, std::uint32_t high, roaring_bitmap_t* bits) {
  const auto lows = section.get_array<std::uint16_t>();
  bool good = !lows.empty();
  for (std::size_t i = 1; i < lows.size(); ++i) good = good && lows[i - 1] < lows[i];
  if (!section.require(good, "a block of customers is not ascending")) return;
  std::vector<std::uint32_t> ids;
  ids.reserve(lows.size());
  for (const std::uint16_t low : lows) ids.push_back(high | low);
  roaring_bitmap_add_many(bits, ids.size(), ids.data());
}

void load_bitmap(SectionReader& section, std::uint32_t high, roaring_bitmap_t* bits) {
  const auto words = section.get_array<std::uint64_t>();
  std::vector<std::uint32_t> ids;
  for (std::size_t w = 0; w < words.size() && words.size() == bitmap_words; ++w) {
    for (std::uint64_t word = words[w]; word != 0; word &= word - 1) {
      ids.push_back(high | static_cast<std::uint32_t>(w * 64) |
                    static_cast<std::uint32_t>(__builtin_ctzll(word)));
    }
  }
  if (!section.require(!ids.empty(), "a bitmap of customers is empty or of another length")) return;
  roaring_bitmap_add_many(bits, ids.size(), ids.data());
}

void load_runs(SectionReader& section, std::uint32_t high, roaring_bitmap_t* bits) {
  const auto ends = section.get_array<std::uint16_t>();
  bool good = !ends.empty() && ends.size() % 2 == 0;
  for (std::size_t i = 0; good && i < ends.size(); i += 2) {
    good = ends[i] <= ends[i + 1] && (i == 0 || ends[i - 1] + 1 < ends[i]);
  }
  if (!section.require(good, "runs of customers are not ascending and apart")) return;
  for (std::size_t i = 0; i < ends.size(); i += 2) {
    roaring_bitmap_add_range_closed(bits, high | ends[i], high | ends[i + 1]);
  }
}

}  // namespace

struct CustomerSet::Bits {
  roaring_bitmap_t* map;

  explicit Bits(roaring_bitmap_t* bits) : map(made(bits)) {}
  Bits(const Bits&) = delete;
  Bits& operator=(const Bits&) = delete;
  ~Bits() { roaring_bitmap_free(map); }
};

CustomerSet::CustomerSet() noexcept = default;
CustomerSet::CustomerSet(std::unique_ptr<Bits> bits) noexcept : bits_(std::move(bits)) {}
CustomerSet::CustomerSet(std::span<const Customer> customers) {
  add(customers);
}
CustomerSet::CustomerSet(const CustomerSet& other)
    : bits_(other.bits_ ? std::make_unique<Bits>(roaring_bitmap_copy(other.bits_->map)) : nullptr) {
}
CustomerSet::CustomerSet(CustomerSet&& other) noexcept = default;
CustomerSet& CustomerSet::operator=(const CustomerSet& other) {
  CustomerSet copy(other);
  bits_.swap(copy.bits_);
  return *this;
}
CustomerSet& CustomerSet::operator=(CustomerSet&& other) noexcept = default;
CustomerSet::~CustomerSet() = default;

CustomerSet CustomerSet::first(std::size_t customers) {
  if (customers > max_ids) {
    throw Exception(ErrorCode::out_of_range, text("more than ", max_ids, " customers"),
                    "CustomerSet::first");
  }
  if (customers == 0) return {};
  return CustomerSet(std::make_unique<Bits>(roaring_bitmap_from_range(0, customers, 1)));
}

CustomerSet::Bits& CustomerSet::own() {
  if (!bits_) bits_ = std::make_unique<Bits>(roaring_bitmap_create());
  return *bits_;
}

bool CustomerSet::add(Customer customer) {
  const std::uint32_t id = number(customer);
  return roaring_bitmap_add_checked(own().map, id);
}

void CustomerSet::add(std::span<const Customer> customers) {
  std::vector<std::uint32_t> ids;
  ids.reserve(customers.size());
  for (const Customer customer : customers) ids.push_back(number(customer));
  if (!ids.empty()) roaring_bitmap_add_many(own().map, ids.size(), ids.data());
}

bool CustomerSet::remove(Customer customer) noexcept {
  return bits_ && roaring_bitmap_remove_checked(bits_->map, static_cast<std::uint32_t>(customer));
}

void CustomerSet::clear() noexcept {
  bits_.reset();
}

bool CustomerSet::contains(Customer customer) const noexcept {
  return bits_ && roaring_bitmap_contains(bits_->map, static_cast<std::uint32_t>(customer));
}

std::size_t CustomerSet::size() const noexcept {
  return bits_ ? static_cast<std::size_t>(roaring_bitmap_get_cardinality(bits_->map)) : 0;
}

bool CustomerSet::empty() const noexcept {
  return !bits_ || roaring_bitmap_is_empty(bits_->map);
}

CustomerSet& CustomerSet::operator&=(const CustomerSet& other) {
  if (!bits_ || this == &other) return *this;
  if (!other.bits_) {
    clear();
  } else {
    roaring_bitmap_and_inplace(bits_->map, other.bits_->map);
  }
  return *this;
}

CustomerSet& CustomerSet::operator|=(const CustomerSet& other) {
  if (!other.bits_ || this == &other) return *this;
  roaring_bitmap_or_inplace(own().map, other.bits_->map);
  return *this;
}

CustomerSet& CustomerSet::operator-=(const CustomerSet& other) {
  if (this == &other) {
    clear();
  } else if (bits_ && other.bits_) {
    roaring_bitmap_andnot_inplace(bits_->map, other.bits_->map);
  }
  return *this;
}

CustomerSet& CustomerSet::operator^=(const CustomerSet& other) {
  if (this == &other) {
    clear();
  } else if (other.bits_) {
    roaring_bitmap_xor_inplace(own().map, other.bits_->map);
  }
  return *this;
}

bool operator==(const CustomerSet& a, const CustomerSet& b) noexcept {
  if (!a.bits_ || !b.bits_) return a.empty() && b.empty();
  return roaring_bitmap_equals(a.bits_->map, b.bits_->map);
}

std::size_t CustomerSet::overlap(const CustomerSet& other) const noexcept {
  if (!bits_ || !other.bits_) return 0;
  return static_cast<std::size_t>(roaring_bitmap_and_cardinality(bits_->map, other.bits_->map));
}

double CustomerSet::jaccard(const CustomerSet& other) const noexcept {
  const std::size_t both = overlap(other);
  const std::size_t either = size() + other.size() - both;
  return either == 0 ? 0.0 : static_cast<double>(both) / static_cast<double>(either);
}

bool CustomerSet::is_subset_of(const CustomerSet& other) const noexcept {
  if (empty()) return true;
  return other.bits_ && roaring_bitmap_is_subset(bits_->map, other.bits_->map);
}

std::vector<Customer> CustomerSet::customers() const {
  std::vector<Customer> out(size());
  if (!out.empty()) {
    std::vector<std::uint32_t> ids(out.size());
    roaring_bitmap_to_uint32_array(bits_->map, ids.data());
    std::transform(ids.begin(), ids.end(), out.begin(),
                   [](std::uint32_t id) { return Customer{id}; });
  }
  return out;
}

void CustomerSet::for_each(FunctionRef<void(Customer)> visit) const {
  if (!bits_) return;
  roaring_uint32_iterator_t at;
  roaring_init_iterator(bits_->map, &at);
  std::uint32_t ids[256];
  while (const std::uint32_t count = roaring_read_uint32_iterator(&at, ids, 256)) {
    for (std::uint32_t i = 0; i < count; ++i) visit(Customer{ids[i]});
  }
}

Customer CustomerSet::at(std::size_t place) const {
  std::uint32_t id = 0;
  if (place >= size() ||
      !roaring_bitmap_select(bits_->map, static_cast<std::uint32_t>(place), &id)) {
    throw Exception(ErrorCode::out_of_range,
                    text("place ", place, " in a set of ", size(), " customers"),
                    "CustomerSet::at");
  }
  return Customer{id};
}

CustomerSet CustomerSet::map(std::span<const Customer> merged_into) const {
  std::vector<Customer> mapped = customers();
  for (Customer& customer : mapped) {
    if (index(customer) < merged_into.size()) customer = merged_into[index(customer)];
  }
  return CustomerSet(mapped);
}

void CustomerSet::optimise() {
  if (!bits_) return;
  roaring_bitmap_run_optimize(bits_->map);
  roaring_bitmap_shrink_to_fit(bits_->map);
}

std::size_t CustomerSet::bytes() const noexcept {
  return bits_ ? roaring_bitmap_size_in_bytes(bits_->map) + sizeof(Bits) : 0;
}

void CustomerSet::save(SectionWriter& section) const {
  std::vector<std::uint32_t> ids(size());
  if (!ids.empty()) roaring_bitmap_to_uint32_array(bits_->map, ids.data());
  std::vector<std::size_t> ends;
  for (std::size_t i = 1; i <= ids.size(); ++i) {
    if (i == ids.size() || ids[i] >> 16 != ids[i - 1] >> 16) ends.push_back(i);
  }
  section.put(static_cast<std::uint32_t>(ends.size()));
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    save_block(section, std::span(ids).subspan(begin, end - begin));
    begin = end;
  }
}

CustomerSet CustomerSet::load(SectionReader& section) {
  CustomerSet out;
  const auto blocks = section.get<std::uint32_t>();
  std::uint32_t least = 0;
  for (std::uint32_t block = 0; block < blocks && section.ok(); ++block) {
    const std::uint32_t high = section.get<std::uint16_t>();
    const auto form = section.get_enum(BlockForm::runs);
    if (!section.require(high >= least, "blocks of customers are not ascending")) break;
    least = high + 1;
    if (form == BlockForm::array) {
      load_array(section, high << 16, out.own().map);
    } else if (form == BlockForm::bitmap) {
      load_bitmap(section, high << 16, out.own().map);
    } else {
      load_runs(section, high << 16, out.own().map);
    }
  }
  section.require(!out.contains(no_customer), "a set holds the id of nobody");
  return section.ok() ? out : CustomerSet{};
}

CustomerSetOverlap overlap_of(std::span<const CustomerSet> sets, const Context& context) {
  CustomerSetOverlap out{.sets = sets.size(), .both = {}};
  out.both.assign(sets.size() * sets.size(), 0);
  parallel_chunks(context, sets.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t a = begin; a < end; ++a) {
      out.both[a * sets.size() + a] = sets[a].size();
      for (std::size_t b = a + 1; b < sets.size(); ++b) {
        const std::uint64_t both = sets[a].overlap(sets[b]);
        out.both[a * sets.size() + b] = both;
        out.both[b * sets.size() + a] = both;
      }
    }
  });
  return out;
}

}  // namespace emptor
