// A shop's own export: CSV with a mapping, as the storefront example reads it.

#include "dataset.hpp"
#include "emptor/core/error.hpp"
#include "emptor/ingest/mapping.hpp"
#include "emptor/ingest/orders_csv.hpp"
#include "emptor/table/order_interactions.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

/// What customers did in favour of an item; the opposite (`dislike`, `uncart`) says nothing here.
bool counts(EventKind kind) {
  return kind != EventKind::uncart && kind != EventKind::dislike;
}

}  // namespace

void read_csv(const Arguments& arguments, const Context& context, Dataset& to) {
  const Mapping mapping = load_mapping(arguments.mapping.string()).value();
  const std::string path = arguments.data.string();
  Customers customers;
  Items items;
  QualityReport quality;
  if (mapping.table == MappingTable::orders) {
    OrdersRead read = read_orders_csv(path, mapping, customers, items, {}, context).value();
    // A return that is netted would take a purchase out of train from within the test period.
    to.log = interactions_of(read.orders, {.returns = ReturnPolicy::ignore});
    to.notes.emplace_back("Purchases count whether they were returned later or not.");
    quality = std::move(read.quality);
  } else {
    EventsRead read = read_events_csv(path, mapping, customers, items, {}, context).value();
    const Events& events = read.events;
    for (std::size_t e = 0; e < events.size(); ++e) {
      const Customer customer = events.customers()[e];
      const Item item = events.items()[e];
      if (customer == no_customer || item == no_item || !counts(events.kinds()[e])) continue;
      to.log.add(customer, item, 1, events.times()[e]);
    }
    quality = std::move(read.quality);
  }
  to.customers = customers.keys();
  to.items = items.keys();
  if (quality.rows_rejected() != 0) {
    to.notes.push_back(text(quality.rows_rejected(), " of ", quality.rows_read,
                            " rows of the file could not be used."));
  }
}

}  // namespace leaderboard
