// Writing a generated shop to CSV files, with the flaws that exports have.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/money.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/time.hpp"
#include "emptor/ingest/csv_writer.hpp"
#include "emptor/referral/code.hpp"
#include "generator.hpp"
#include "streams.hpp"

namespace storefront {
namespace {

using emptor::CsvWriter;
using emptor::Result;

/// What goes wrong in exports: one field of the line is not what it should be.
void spoil(std::string& time, std::string& item, std::string& quantity, std::string& price,
           emptor::RandomStream& random) {
  switch (random.below(5)) {
    case 0:
      time = "0000-00-00T00:00:00Z";
      break;
    case 1:
      item.clear();
      break;
    case 2:
      quantity = "two";
      break;
    case 3:
      price = "-" + price;
      break;
    default:
      price += "\xFF";
      break;
  }
}

Result<void> write_orders(const Shop& shop, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path);
  if (!file) return file.error();
  file->row({"order_no", "time", "channel", "customer", "country", "item", "name", "category",
             "quantity", "unit_price"});
  emptor::RandomStream random = stream_of(shop.options, Kind::flaws, 0);
  for (const ShopOrderLine& line : shop.lines) {
    const ShopItem& item = shop.items[line.item];
    const bool known = line.record.has_value();
    std::string time = emptor::to_string(line.time);
    std::string item_key = item.key;
    std::string quantity = emptor::text(line.quantity);
    std::string price = emptor::decimal_text(line.unit_price, 2);
    if (random.bernoulli(shop.options.flaw_share)) spoil(time, item_key, quantity, price, random);
    file->row({line.order, time, shop.channels[line.channel],
               known ? std::string_view(shop.records[*line.record].key) : std::string_view{},
               known ? std::string_view(shop.people[shop.records[*line.record].person].country)
                     : std::string_view{},
               item_key, item.name, shop.categories[item.category], quantity, price});
  }
  return file->close();
}

Result<void> write_customers(const Shop& shop, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path);
  if (!file) return file.error();
  std::vector<std::string_view> row(shop.details.columns().begin(), shop.details.columns().end());
  file->row(row);
  for (std::size_t r = 0; r < shop.details.size(); ++r) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      row[c] = shop.details.value(emptor::id_at<emptor::Record>(r), c);
    }
    file->row(row);
  }
  return file->close();
}

Result<void> write_items(const Shop& shop, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path);
  if (!file) return file.error();
  file->row({"item", "name", "category", "price"});
  for (const ShopItem& item : shop.items) {
    file->row(
        {item.key, item.name, shop.categories[item.category], emptor::decimal_text(item.price, 2)});
  }
  return file->close();
}

Result<void> write_views(const Shop& shop, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path);
  if (!file) return file.error();
  file->row({"customer", "item", "kind", "time"});
  for (const ShopView& view : shop.views) {
    file->row({shop.records[view.record].key, shop.items[view.item].key, "view",
               emptor::to_string(view.time)});
  }
  return file->close();
}

Result<void> write_friends(const Shop& shop, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path);
  if (!file) return file.error();
  file->row({"customer", "friend"});
  std::vector<std::size_t> first(shop.people.size(), shop.records.size());
  for (std::size_t r = 0; r < shop.records.size(); ++r) {
    std::size_t& known = first[shop.records[r].person];
    known = std::min(known, r);
  }
  for (std::size_t p = 0; p < shop.people.size(); ++p) {
    for (const std::size_t other : shop.people[p].friends) {
      if (other < p) file->row({shop.records[first[p]].key, shop.records[first[other]].key});
    }
  }
  return file->close();
}

Result<void> write_touches(const Shop& shop, const std::string& touches,
                           const std::string& tricks) {
  Result<CsvWriter> file = CsvWriter::create(touches);
  if (!file) return file.error();
  const emptor::ReferralCodec codec{
      emptor::SecretKey(emptor::text("codes of the shop ", shop.options.seed))};
  file->row(
      {"time", "kind", "channel", "method", "code", "referrer", "customer", "visitor", "device"});
  for (const ShopTouch& touch : shop.touches) {
    constexpr std::string_view kinds[] = {"share", "click", "claim"};
    const bool share = touch.kind == ShopTouch::Kind::share;
    std::string code = codec.encode(touch.referrer).str();
    if (touch.mistyped) code[0] = code[0] == '7' ? '8' : '7';
    file->row(
        {emptor::to_string(touch.time), kinds[static_cast<std::size_t>(touch.kind)],
         shop.touch_channels[touch.channel], touch.link ? "link" : "code", code,
         share ? std::string_view(shop.records[touch.referrer].key) : std::string_view{},
         touch.record ? std::string_view(shop.records[*touch.record].key) : std::string_view{},
         touch.visitor, touch.device});
  }
  if (Result<void> done = file->close(); !done) return done;
  file = CsvWriter::create(tricks);
  if (!file) return file.error();
  file->row({"customer", "referrer", "trick"});
  for (const ShopTouch& touch : shop.touches) {
    constexpr std::string_view names[] = {"none", "self", "ring", "burst"};
    if (touch.trick == ShopTouch::Trick::none || !touch.record) continue;
    file->row({shop.records[*touch.record].key, shop.records[touch.referrer].key,
               names[static_cast<std::size_t>(touch.trick)]});
  }
  return file->close();
}

std::string person_key(std::size_t person) {
  return emptor::text('H', person + 1);
}

Result<void> write_truth(const Shop& shop, const std::string& people, const std::string& referrals,
                         const std::string& items) {
  Result<CsvWriter> file = CsvWriter::create(items);
  if (!file) return file.error();
  file->row({"item", "companion", "lasts_days", "launched"});
  for (const ShopItem& item : shop.items) {
    file->row({item.key, shop.items[item.companion].key, emptor::fixed(item.lasts_days, 1),
               emptor::to_string(item.launched)});
  }
  if (Result<void> done = file->close(); !done) return done;
  file = CsvWriter::create(people);
  if (!file) return file.error();
  file->row({"customer", "person", "household"});
  for (const ShopRecord& record : shop.records) {
    file->row({record.key, person_key(record.person),
               emptor::text('L', shop.people[record.person].household + 1)});
  }
  if (Result<void> done = file->close(); !done) return done;
  file = CsvWriter::create(referrals);
  if (!file) return file.error();
  file->row({"person", "referred_by", "time"});
  for (std::size_t p = 0; p < shop.people.size(); ++p) {
    const ShopPerson& person = shop.people[p];
    if (!person.referred_by) continue;
    file->row({person_key(p), person_key(*person.referred_by), emptor::to_string(person.joined)});
  }
  return file->close();
}

}  // namespace

Result<void> write_shop(const Shop& shop, const std::filesystem::path& out) {
  const auto path = [&](std::string_view name) { return (out / name).string(); };
  if (Result<void> done = write_orders(shop, path("orders.csv")); !done) return done;
  if (Result<void> done = write_customers(shop, path("customers.csv")); !done) return done;
  if (Result<void> done = write_items(shop, path("items.csv")); !done) return done;
  if (Result<void> done = write_views(shop, path("views.csv")); !done) return done;
  if (Result<void> done = write_friends(shop, path("friends.csv")); !done) return done;
  if (auto done = write_touches(shop, path("touches.csv"), path("truth_tricks.csv")); !done) {
    return done;
  }
  if (auto done = write_voices(shop, out); !done) return done;
  return write_truth(shop, path("truth_people.csv"), path("truth_referrals.csv"),
                     path("truth_items.csv"));
}

}  // namespace storefront
