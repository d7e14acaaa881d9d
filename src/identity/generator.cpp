#include "emptor/identity/generator.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <tuple>

#include "identity/generator_records.hpp"

namespace emptor {

namespace {

using detail::generator::BlockRows;

void check(const IdentityGeneratorOptions& o) {
  const auto within = [](double value, std::string_view name, double low, double high) {
    require_option(value >= low && value <= high, name, text("in ", low, " to ", high), value);
  };
  require_option(o.persons <= std::size_t{1} << 31, "persons", "at most 2147483648", o.persons);
  within(o.records_per_person, "records_per_person", 1, 50);
  require_option(o.days >= 1 && o.days <= 36500, "days", "in 1 to 36500", o.days);
  within(o.chinese, "chinese", 0, 1);
  within(o.typos, "typos", 0, 1);
  within(o.missing, "missing", 0, 1);
  within(o.junk, "junk", 0, 1);
  within(o.nicknames, "nicknames", 0, 1);
  within(o.swapped_names, "swapped_names", 0, 1);
  within(o.swapped_dates, "swapped_dates", 0, 1);
  within(o.shared_phones, "shared_phones", 0, 0.75);
  within(o.shared_devices, "shared_devices", 0, 0.75);
  within(o.recycled_numbers, "recycled_numbers", 0, 1);
  within(o.changed_phones, "changed_phones", 0, 1);
  within(o.changed_emails, "changed_emails", 0, 1);
  within(o.moves, "moves", 0, 1);
  within(o.marriages, "marriages", 0, 1);
  within(o.accounts, "accounts", 0, 1);
}

struct Place {
  std::int64_t time;
  std::uint32_t block;
  std::uint32_t row;
};

/// All rows, in the order that they shall have.
std::vector<Place> places_of(const std::vector<BlockRows>& blocks, bool by_time) {
  std::vector<Place> places;
  std::size_t rows = 0;
  for (const BlockRows& block : blocks) rows += block.rows.size();
  if (rows > max_ids) {
    throw Exception(ErrorCode::overflow, text("at most ", max_ids, " records fit, got ", rows));
  }
  places.reserve(rows);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    for (std::size_t r = 0; r < blocks[b].rows.size(); ++r) {
      places.push_back(
          {blocks[b].rows[r].time, static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(r)});
    }
  }
  if (by_time) {
    std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
      return std::tie(a.time, a.block, a.row) < std::tie(b.time, b.block, b.row);
    });
  }
  return places;
}

GeneratedIdentities gathered(const std::vector<BlockRows>& blocks, bool by_time) {
  const std::vector<Place> places = places_of(blocks, by_time);
  GeneratedIdentities out;
  out.records = Records(
      {std::begin(detail::generator::field_names), std::end(detail::generator::field_names)});
  std::array<std::size_t, detail::generator::field_count> bytes{};
  for (const BlockRows& block : blocks) {
    for (const BlockRows::Row& row : block.rows) {
      for (std::size_t f = 0; f < detail::generator::field_count; ++f) bytes[f] += row.sizes[f];
    }
  }
  out.records.reserve(places.size(), bytes);
  out.person.reserve(places.size());
  out.household.reserve(places.size());
  out.channel.reserve(places.size());
  out.time.reserve(places.size());
  out.marks.reserve(places.size());
  constexpr std::size_t ahead = 16;
  std::array<std::string_view, detail::generator::field_count> values;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i + ahead < places.size()) {
      const Place& next = places[i + ahead];
      __builtin_prefetch(&blocks[next.block].rows[next.row]);
    }
    const BlockRows& block = blocks[places[i].block];
    const BlockRows::Row& row = block.rows[places[i].row];
    const char* at = block.bytes.data() + row.begin;
    for (std::size_t f = 0; f < detail::generator::field_count; ++f) {
      values[f] = {at, row.sizes[f]};
      at += row.sizes[f];
    }
    (void)out.records.add(values).value();
    out.person.push_back(row.person);
    out.household.push_back(row.household);
    out.channel.push_back(row.channel);
    out.time.push_back(Time{std::chrono::seconds{row.time}});
    out.marks.push_back(row.marks);
  }
  return out;
}

}  // namespace

GeneratedIdentities generate_identities(const IdentityGeneratorOptions& options,
                                        const Context& context) {
  check(options);
  constexpr std::size_t a_block = detail::generator::people_a_block;
  const detail::generator::GeneratorWords words;
  std::vector<BlockRows> blocks((options.persons + a_block - 1) / a_block);
  parallel_chunks(context, blocks.size(), 8, [&](std::size_t begin, std::size_t end) {
    detail::generator::PeopleBlock people(options, words);
    detail::generator::RecordWriter writer(options, words);
    for (std::size_t b = begin; b < end; ++b) {
      people.draw(b);
      const std::size_t first = b * a_block;
      const std::size_t count = std::min(a_block, options.persons - first);
      for (std::size_t i = 0; i < count; ++i) {
        writer.write(people.person(i), static_cast<std::uint32_t>(first + i), blocks[b]);
      }
    }
  });
  return gathered(blocks, options.by_time);
}

}  // namespace emptor
