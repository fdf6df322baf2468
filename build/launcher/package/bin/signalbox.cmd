@echo off
rem Runs Signalbox from its archive, with the Java runtime that came with it. Not verified on Windows.
setlocal
set "SIGNALBOX_HOME=%~dp0.."
"%SIGNALBOX_HOME%\runtime\bin\java" "@%SIGNALBOX_HOME%\lib\jvm.options" "@%SIGNALBOX_HOME%\lib\server.options" ^
  "-Djava.library.path=%SIGNALBOX_HOME%\lib\native" "-Dorg.sqlite.lib.path=%SIGNALBOX_HOME%\lib\native" ^
  "-Dorg.sqlite.tmpdir=%SIGNALBOX_HOME%\lib\native" ^
  -cp "%SIGNALBOX_HOME%\lib\*" %SIGNALBOX_JAVA_OPTIONS% dev.signalbox.server.SignalboxCommand %*
