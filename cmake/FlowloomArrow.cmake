# Apache Arrow C++ for the components: targets flowloom_arrow_cpp and flowloom_parquet_cpp.
# First an installed Arrow (CMake package), else the one that PyPI's pyarrow carries. The wheel has
# headers and versioned libraries but no CMake package, so imported targets are made here.
# Sets FLOWLOOM_ARROW_BUNDLE: the libraries of which `install` puts copies beside them.

add_library(flowloom_arrow_cpp INTERFACE)
add_library(flowloom_parquet_cpp INTERFACE)
set(FLOWLOOM_ARROW_BUNDLE "")

find_package(Arrow CONFIG QUIET)
find_package(Parquet CONFIG QUIET)
if(Arrow_FOUND AND Parquet_FOUND)
  message(STATUS "Arrow C++: installed package ${Arrow_VERSION}")
  target_link_libraries(flowloom_arrow_cpp INTERFACE Arrow::arrow_shared)
  target_link_libraries(flowloom_parquet_cpp INTERFACE Parquet::parquet_shared)
  return()
endif()

set(candidates ${FLOWLOOM_PYTHON} ${PROJECT_SOURCE_DIR}/build/venv/bin/python python3)
foreach(python IN LISTS candidates)
  execute_process(
    COMMAND ${python} -c "import pyarrow as p; print(p.get_include(), p.get_library_dirs()[0], sep=';')"
    RESULT_VARIABLE failed OUTPUT_VARIABLE where ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT failed)
    break()
  endif()
endforeach()
if(failed)
  message(FATAL_ERROR "Arrow C++ is needed to write Parquet and Arrow files. Install it (packages "
    "libarrow-dev, libparquet-dev), or `pip install 'pyarrow==26.0.*'` and name that Python with "
    "-DFLOWLOOM_PYTHON=/path/to/python, or do without: -DFLOWLOOM_ARROW=OFF.")
endif()
list(GET where 0 include_dir)
list(GET where 1 library_dir)

foreach(name IN ITEMS arrow parquet)
  file(GLOB found ${library_dir}/lib${name}.so.*)
  list(LENGTH found count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "expected one lib${name}.so.* in ${library_dir}, found: ${found}")
  endif()
  get_filename_component(soname ${found} NAME)
  add_library(flowloom_wheel_${name} SHARED IMPORTED)
  set_target_properties(flowloom_wheel_${name} PROPERTIES
    IMPORTED_LOCATION ${found}
    IMPORTED_SONAME ${soname}
    INTERFACE_INCLUDE_DIRECTORIES ${include_dir})
  target_link_libraries(flowloom_${name}_cpp INTERFACE flowloom_wheel_${name})
  list(APPEND FLOWLOOM_ARROW_BUNDLE ${found})
endforeach()
message(STATUS "Arrow C++: from the pyarrow wheel in ${library_dir}")
