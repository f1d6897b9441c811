@echo off
rem Runs Touchstone on Windows; builds it first where that has not been done. After a change of the sources run it with
rem target\touchstone.jar deleted, or use the launcher for sh, which notices by itself.
setlocal
set "home=%~dp0"
set "jar=%home%target\touchstone.jar"
if defined JAVA_HOME (set "java=%JAVA_HOME%\bin\java.exe") else (set "java=java.exe")
"%java%" -version >nul 2>&1
if errorlevel 1 (
    echo touchstone: no java found; install a JDK, 17 or later, and put it on the PATH or set JAVA_HOME 1>&2
    exit /b 1
)
if exist "%jar%" goto run
echo touchstone: building, once; it takes a minute ... 1>&2
set "mvn=mvn.cmd"
where /q mvn.cmd || set "mvn=%home%.maven\mvnw.cmd"
call "%mvn%" --quiet --batch-mode --no-transfer-progress -f "%home%pom.xml" resources:resources compiler:compile@vector-classes compiler:compile@default-compile jar:jar shade:shade@runnable-jar 1>&2
if errorlevel 1 exit /b 1
:run
"%java%" --add-modules jdk.incubator.vector -XX:+UseG1GC -XX:MaxNewSize=64m -XX:GCTimeRatio=2 -XX:InitiatingHeapOccupancyPercent=80 -XX:-G1UseAdaptiveIHOP -Xshare:auto %TOUCHSTONE_JAVA_OPTS% -jar "%jar%" %*
