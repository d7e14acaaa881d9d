# cmake -DPROGRAM=<exe> -DEXPECTED=<file> -P compare_output.cmake
#
# Runs PROGRAM and fails unless it exits with 0 and prints exactly what EXPECTED holds.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE printed RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${status}; it printed:\n${printed}")
endif()
file(READ "${EXPECTED}" expected)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "the output differs from ${EXPECTED}.\n--- expected\n${expected}--- printed\n${printed}---")
endif()
