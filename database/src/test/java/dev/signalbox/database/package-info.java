/** Tests of the package of the same name. */
@NullMarked
package dev.signalbox.database;

import org.jspecify.annotations.NullMarked;
