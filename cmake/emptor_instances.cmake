# emptor_add_instances(<name>)
#
# Makes ONE static library <name> in the calling build that holds the float and double instances of emptor's heavy
# templates, compiled with the caller's own flags. Whoever links <name> is told so by EMPTOR_HAS_INSTANCES, on which the
# headers say `extern template` and stop instantiating those templates in every file.
#
#   find_package(emptor REQUIRED)
#   emptor_add_instances(shop_models)
#   target_link_libraries(shop PRIVATE shop_models emptor::emptor)
#
# The sources are src/instances/*.cpp here, and <prefix>/share/emptor/instances/*.cpp once installed.
function(emptor_add_instances name)
  if(NOT emptor_INSTANCES_DIR)
    set(emptor_INSTANCES_DIR "${emptor_SOURCE_DIR}/src/instances")
  endif()
  file(GLOB instance_sources CONFIGURE_DEPENDS "${emptor_INSTANCES_DIR}/*.cpp")
  if(NOT instance_sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE emptor::headers)
    return()
  endif()
  add_library(${name} STATIC ${instance_sources})
  target_compile_definitions(${name} INTERFACE EMPTOR_HAS_INSTANCES)
  target_link_libraries(${name} PUBLIC emptor::headers)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()
