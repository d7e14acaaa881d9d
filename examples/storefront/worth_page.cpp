#include "worth_page.hpp"

#include <string>

#include "emptor/report/sections_timing.hpp"
#include "emptor/report/sections_value.hpp"

namespace storefront {

void add_worth_chapter(emptor::ReportPage& page, const Worth& worth, const ShopTables& shop) {
  if (worth.values) {
    emptor::add_customer_value_section(page, *worth.values, shop.orders.currency());
    emptor::add_value_trajectory_section(page, worth.trajectory, shop.orders.currency());
    emptor::add_purchase_matrix_section(page, worth.matrix);
  } else {
    page.begin_section("What customers are worth");
    page.add_paragraph(
        "Left out: nobody has bought on two days and paid for it, so nothing can be said of how "
        "often customers come back.");
  }
  if (!worth.fits.empty()) emptor::add_value_fit_section(page, worth.fits);
  if (!worth.holdouts.empty()) emptor::add_holdout_section(page, worth.holdouts);
  emptor::add_next_orders_section(
      page, worth.next, worth.next_report,
      [&](emptor::Customer customer) { return std::string(shop.customers.key(customer)); },
      due_days);
  emptor::add_seasonality_section(page, worth.seasonality);
  emptor::add_demand_section(page, worth.demand, "Units");
}

}  // namespace storefront
