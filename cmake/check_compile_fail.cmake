# cmake -DFILE=<.cpp> -DCOMPILER=<c++> -DFLAGS=<list> -P check_compile_fail.cmake
#
# FILE must compile as it is, and must not compile with -DMUST_FAIL, with an error that matches the pattern in its first
# line: `// error: <regular expression>`.
cmake_minimum_required(VERSION 3.25)

file(STRINGS "${FILE}" first LIMIT_COUNT 1)
if(NOT first MATCHES "^// error: (.+)$")
  message(FATAL_ERROR "${FILE} must begin with '// error: <regular expression>'")
endif()
set(pattern "${CMAKE_MATCH_1}")
set(compile "${COMPILER}" -std=c++20 -fsyntax-only -Wall -Werror ${FLAGS} "${FILE}")
set(ENV{LC_ALL} C)
execute_process(COMMAND ${compile} RESULT_VARIABLE status ERROR_VARIABLE output)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${FILE} does not compile even without MUST_FAIL:\n${output}")
endif()
execute_process(COMMAND ${compile} -DMUST_FAIL RESULT_VARIABLE status ERROR_VARIABLE output)
if(status EQUAL 0)
  message(FATAL_ERROR "${FILE} compiles with MUST_FAIL")
endif()
if(NOT output MATCHES "${pattern}")
  message(FATAL_ERROR "${FILE} fails, but not with '${pattern}':\n${output}")
endif()
