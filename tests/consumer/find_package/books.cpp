// The optional component for ledgers in SQLite.

#include "emptor/reward/sqlite_ledger.hpp"

int main() {
  emptor::Result<emptor::SqliteLedger> books = emptor::SqliteLedger::open(":memory:");
  if (!books) return 1;
  books->ledger().account(emptor::house_account(emptor::AccountPurpose::budget, {}));
  return books->commit().has_value() ? 0 : 1;
}
