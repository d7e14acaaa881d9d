# Adds to <target> two files that each include every public header found in <include_dir>: all of them must live together
# in one file, and none may define anything twice across files.
function(include_every_header target include_dir)
  file(GLOB_RECURSE headers RELATIVE "${include_dir}" "${include_dir}/emptor/*.hpp")
  if(NOT headers)
    message(FATAL_ERROR "no header under ${include_dir}")
  endif()
  list(TRANSFORM headers REPLACE "(.+)" "#include \"\\1\"\n")
  list(JOIN headers "" includes)
  foreach(i 1 2)
    file(WRITE "${CMAKE_BINARY_DIR}/every_header_${i}.cpp" "${includes}\nint every_header_${i}() { return ${i}; }\n")
    target_sources(${target} PRIVATE "${CMAKE_BINARY_DIR}/every_header_${i}.cpp")
  endforeach()
endfunction()
