@NullMarked
package dev.signalbox.testing.sqlserver;

import org.jspecify.annotations.NullMarked;
