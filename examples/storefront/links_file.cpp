#include "links_file.hpp"

#include <set>
#include <utility>

#include "emptor/ingest/csv_reader.hpp"

namespace storefront {

emptor::Result<LinksFile> read_links(const std::string& path, std::size_t customers,
                                     const CustomerOfKey& customer_of) {
  emptor::Result<emptor::CsvReader> file =
      emptor::CsvReader::open(path, {.header = emptor::CsvHeader::present});
  if (!file) return file.error();
  if (file->columns().size() < 2) {
    return emptor::Error{emptor::ErrorCode::invalid_value,
                         "links need two columns of customer keys", path};
  }
  LinksFile out;
  emptor::LinkLog log;
  std::set<std::pair<emptor::Customer, emptor::Customer>> known;
  for (;;) {
    const emptor::Result<bool> row = file->next();
    if (!row) return row.error();
    if (!*row) break;
    ++out.quality.rows;
    if (file->problem() != emptor::RowProblem::none || file->fields() < 2) {
      ++out.quality.unsound;
      continue;
    }
    const auto who = customer_of(file->field(0));
    const auto whom = customer_of(file->field(1));
    if (!who || !whom) {
      ++out.quality.unknown;
    } else if (*who == *whom) {
      ++out.quality.selves;
    } else if (!known.insert(std::minmax(*who, *whom)).second) {
      ++out.quality.repeated;
    } else {
      ++out.quality.kept;
      log.add(*who, *whom);
    }
  }
  out.links = emptor::Links(customers, log, emptor::LinkDirection::mutual);
  return out;
}

}  // namespace storefront
