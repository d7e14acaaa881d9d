# cmake -DROOT=<source tree> -DCLANG_FORMAT=<clang-format-16> -P check_format.cmake
#
# Fails and names the files that clang-format would change.
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE files "${ROOT}/include/*.[hi]pp" "${ROOT}/src/*.[hc]pp" "${ROOT}/examples/*.[hc]pp"
     "${ROOT}/bench/*.[hc]pp" "${ROOT}/tests/*.[hc]pp")
execute_process(COMMAND "${CLANG_FORMAT}" --dry-run -Werror ${files} RESULT_VARIABLE status ERROR_VARIABLE output)
if(NOT status EQUAL 0)
  string(REGEX MATCHALL "[^\n]*error:" places "${output}")
  list(TRANSFORM places REPLACE ":[0-9]+:[0-9]+: error:" "")
  list(REMOVE_DUPLICATES places)
  list(JOIN places "\n  " places)
  message(FATAL_ERROR "not formatted (clang-format-16 -i):\n  ${places}")
endif()
