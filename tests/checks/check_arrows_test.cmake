# cmake -DWORK=<scratch> -DSCRIPT=<check_arrows.cmake> -P check_arrows_test.cmake
#
# check_arrows.cmake must pass a tree that keeps to the arrows and fail each tree with one forbidden include.
cmake_minimum_required(VERSION 3.25)

# try(<expected: PASS|FAIL> <file> <include line>)
function(try expected file line)
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/${file}" "#pragma once\n${line}\n")
  execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${WORK}" -P "${SCRIPT}" RESULT_VARIABLE status OUTPUT_QUIET
                          ERROR_VARIABLE message)
  if(expected STREQUAL "PASS" AND NOT status EQUAL 0)
    message(FATAL_ERROR "${file} with ${line} was refused:\n${message}")
  elseif(expected STREQUAL "FAIL" AND (status EQUAL 0 OR NOT message MATCHES "${file}"))
    message(FATAL_ERROR "${file} with ${line} was not found:\n${message}")
  endif()
endfunction()

try(PASS include/emptor/math/a.hpp "#include \"emptor/core/error.hpp\"")
try(PASS include/emptor/recommend/a.hpp "#include \"emptor/math/csr.hpp\"")
try(PASS include/emptor/recommend/a.ipp "#include \"emptor/evaluate/ranking.hpp\"")
try(PASS include/emptor/report/a.hpp "#include \"emptor/segment/rfm_result.hpp\"")
try(PASS src/ingest/a.cpp "#include \"emptor/table/orders.hpp\"")
try(PASS src/ingest/a.cpp "#include \"ingest/scanner.hpp\"")
try(PASS include/emptor/hub/a.hpp "#include \"emptor/reward/ledger.hpp\"")

try(FAIL include/emptor/core/a.hpp "#include \"emptor/math/csr.hpp\"")
try(FAIL include/emptor/math/a.hpp "#include \"emptor/table/orders.hpp\"")
try(FAIL include/emptor/recommend/a.hpp "#  include <emptor/ingest/csv.hpp>")
try(FAIL include/emptor/recommend/a.ipp "#include \"emptor/profile/features.hpp\"")
try(FAIL include/emptor/evaluate/a.hpp "#include \"emptor/recommend/als.hpp\"")
try(FAIL include/emptor/report/a.hpp "#include \"emptor/segment/rfm.hpp\"")
try(FAIL include/emptor/attic/a.hpp "")
try(FAIL src/ingest/a.cpp "#include \"report/svg.hpp\"")
try(FAIL src/core/a.cpp "#include <Eigen/Core>")
try(FAIL include/emptor/segment/rfm_result.hpp "#include <Eigen/Core>")
try(FAIL include/emptor/core/a.hpp "#include <fmt/format.h>")
try(FAIL include/emptor/referral/a.hpp "#include <boost/graph/adjacency_list.hpp>")
