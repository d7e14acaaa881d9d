// A shop's export: which column is what, what was read, and what was refused and why.

#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "emptor/ingest/orders_csv.hpp"

int main() {
  const std::string file = "export.csv";
  std::ofstream(file) << "Invoice;Date;Client;Article;Pieces;Price\n"
                         "1001;03/01/2026 09:30;mia@example.org;\"Mug; blue\";2;7,50\n"
                         "1001;03/01/2026 09:30;mia@example.org;Teapot;1;29,00\n"
                         "1002;15/01/2026 16:02;;Mug;1;6,90\n"                       // nobody known
                         "1003;31/02/2026 11:00;leo@example.org;Mug;1;6,90\n"        // no such day
                         "1004;20/01/2026 10:45;leo@example.org;Teapot;one;29,00\n"  // no number
                         "C1001;21/01/2026 12:00;mia@example.org;Teapot;-1;29,00\n";

  emptor::Mapping mapping;
  mapping.currency = "EUR";
  mapping.fields = {
      {.source = "Invoice", .target = "order"},   {.source = "Date", .target = "time"},
      {.source = "Client", .target = "customer"}, {.source = "Article", .target = "item"},
      {.source = "Pieces", .target = "quantity"}, {.source = "Price", .target = "unit_price"}};
  mapping.cancellations = {{.target = "order", .prefix = "C"}};

  emptor::Customers customers;
  emptor::Items items;
  const auto read = emptor::read_orders_csv(file, mapping, customers, items);
  std::remove(file.c_str());
  if (!read) {
    std::cout << read.error().to_string() << "\n";
    return 1;
  }

  const emptor::QualityReport& quality = read->quality;
  std::cout << quality.dialect << "; " << quality.rows_read << " rows, " << quality.rows_kept
            << " kept, " << quality.rows_rejected() << " refused, " << quality.cancellation_rows
            << " cancelled, " << quality.rows_without_customer << " without a customer\n";
  std::cout << customers.size() << " customer, " << items.size() << " items, net "
            << emptor::to_string(read->orders.money(quality.net())) << " from "
            << emptor::to_string(*quality.first_time) << " to "
            << emptor::to_string(*quality.last_time) << "\n\n";
  for (const emptor::ColumnQuality& column : quality.columns) {
    std::cout << column.source << " -> " << column.target;
    if (column.detected) std::cout << ", read as " << column.format;
    if (column.missing != 0) std::cout << ", " << column.missing << " missing";
    std::cout << "\n";
  }
  std::cout << "\n";
  for (const emptor::QuarantinedRow& row : quality.quarantine) {
    std::cout << "line " << row.line << ", " << row.column << ": " << row.message << "\n"
              << "  " << row.row << "\n";
  }
}
