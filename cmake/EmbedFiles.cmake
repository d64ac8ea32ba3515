# Writes files as raw string literals, to be included in an array of {name, text}:
#   cmake -DOUTPUT=a.inc "-DFILES=a.html|b.css" -P EmbedFiles.cmake
string(REPLACE "|" ";" FILES "${FILES}")
set(all "")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" text)
  if(text MATCHES "\\)sinter-page\"")
    message(FATAL_ERROR "${file} contains the mark that ends a literal")
  endif()
  string(APPEND all "{llvm::StringLiteral(\"${name}\"), llvm::StringLiteral(R\"sinter-page(${text})sinter-page\")},\n")
endforeach()
file(WRITE "${OUTPUT}" "${all}")
