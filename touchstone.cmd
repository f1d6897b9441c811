@echo off
rem Runs Touchstone on Windows. Builds it first if there is no jar. After a change of the sources delete target\touchstone.jar;
rem the launcher for sh compares the times of the files instead.
setlocal
set "home=%~dp0"
set "jar=%home%target\touchstone.jar"
set "lock=%home%target\touchstone.lock"
if defined JAVA_HOME (set "java=%JAVA_HOME%\bin\java.exe") else (set "java=java.exe")
"%java%" -version >nul 2>&1
if errorlevel 1 (
    echo touchstone: no java found; install a JDK 17 or later, and put it on the PATH or set JAVA_HOME 1>&2
    exit /b 1
)
set "tries=0"
if not exist "%home%target" mkdir "%home%target"

rem One process at a time builds; mkdir is atomic.
:lock
if exist "%jar%" goto run
mkdir "%lock%" 2>nul && goto build
set /a tries+=1
if %tries%==1 echo touchstone: waiting for another process, which is building; if there is none, delete %lock% 1>&2
ping -n 2 127.0.0.1 >nul
goto lock

:build
echo touchstone: building, once; this takes a minute ... 1>&2
set "mvn=mvn.cmd"
where /q mvn.cmd || set "mvn=%home%.maven\mvnw.cmd"
call "%mvn%" --quiet --batch-mode --no-transfer-progress -f "%home%pom.xml" "-Drunnable.jar=%jar%.new" clean:clean@module resources:resources compiler:compile@vector-classes compiler:compile@default-compile jar:jar shade:shade@runnable-jar 1>&2
if errorlevel 1 (
    rmdir "%lock%"
    exit /b 1
)
move /y "%jar%.new" "%jar%" >nul
rmdir "%lock%"

:run
"%java%" -XX:+UseG1GC -XX:MaxNewSize=64m -XX:GCTimeRatio=2 -XX:InitiatingHeapOccupancyPercent=80 -XX:-G1UseAdaptiveIHOP -XX:Tier3DelayOn=50 -Xshare:auto %TOUCHSTONE_JAVA_OPTS% -jar "%jar%" %*
