@NullMarked
package dev.signalbox.maintenance.database;

import org.jspecify.annotations.NullMarked;
