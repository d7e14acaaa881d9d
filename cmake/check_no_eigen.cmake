# cmake -DBUILD=<build dir> -DNINJA=<ninja> -DSOURCES=<number> -P check_no_eigen.cmake
#
# Reads which files the compiler opened for emptor::emptor and fails if Eigen is among them: an Eigen object that crosses
# a border between files compiled with different -m flags crashes the host.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${NINJA}" -C "${BUILD}" -t deps OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE ";" " " lines "${lines}")
string(REPLACE "\n" ";" lines "${lines}")
set(object "")
set(objects "")
set(found "")
foreach(line IN LISTS lines)
  if(line MATCHES "^([^ ].*): #deps")
    set(object "${CMAKE_MATCH_1}")
    if(object MATCHES "CMakeFiles/emptor\\.dir/src/" AND NOT line MATCHES "STALE")
      list(APPEND objects "${object}")
    else()
      set(object "")
    endif()
  elseif(object AND line MATCHES "/Eigen/|/unsupported/Eigen|eigen3/")
    list(APPEND found "${object} reads ${line}")
  endif()
endforeach()

list(LENGTH objects count)
if(count LESS SOURCES)
  message(FATAL_ERROR "dependencies of ${count} objects found, the library has ${SOURCES} sources: build it first")
endif()
if(found)
  list(JOIN found "\n  " found)
  message(FATAL_ERROR "Eigen in the compiled library:\n  ${found}")
endif()
message(STATUS "${count} objects of the compiled library are free of Eigen")
