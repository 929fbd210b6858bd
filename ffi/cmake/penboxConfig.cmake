# find_package(penbox): penbox::penbox is the shared library, penbox::penbox_static the static one.
#
# Installed into PREFIX/lib/cmake/penbox, next to penboxConfigVersion.cmake.

get_filename_component(_penbox_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET penbox::penbox)
  add_library(penbox::penbox SHARED IMPORTED)
  set_target_properties(penbox::penbox PROPERTIES
    IMPORTED_LOCATION "${_penbox_prefix}/lib/libpenbox.so.0"
    IMPORTED_SONAME "libpenbox.so.0"
    INTERFACE_INCLUDE_DIRECTORIES "${_penbox_prefix}/include")

  add_library(penbox::penbox_static STATIC IMPORTED)
  set_target_properties(penbox::penbox_static PROPERTIES
    IMPORTED_LOCATION "${_penbox_prefix}/lib/libpenbox.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_penbox_prefix}/include"
    INTERFACE_LINK_LIBRARIES "gcc_s;util;rt;pthread;m;dl;c")
endif()

unset(_penbox_prefix)
