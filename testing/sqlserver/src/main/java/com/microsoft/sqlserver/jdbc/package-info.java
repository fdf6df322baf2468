/** In the place of Microsoft's driver, whose class the module {@code database} asks for by its name. */
@NullMarked
package com.microsoft.sqlserver.jdbc;

import org.jspecify.annotations.NullMarked;
