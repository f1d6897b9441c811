"""The grammar of `random_templates.py`: one production per line, grouped by the type that its value usually has.

In a production the placeholders `<str>`, `<int>`, `<float>`, `<bool>`, `<list>`, `<dict>` and `<any>` are replaced by
an expression of that type in parentheses, `<str!>` by a variable or a literal, and `<slice>`, `<spec>`, `<attribute>`
and `<test>` by one of their lines.
"""

LITERALS = {
    "str": r"""
''
'a'
"b"
'a b c'
'\n'
'it\'s'
'é'
'😀'
'{{ x }}'
'%}'
'\x41\u00e9\101'
' pad '
'a' 'b'
'1'
'42.5'
'0x1f'
'x,y,,z'
'ABC def'
'\\d'
'\d'
'<&>"'
'ŉ ǆ ß ﬁ'
'a\tb'
'ΑΣ'
'null'
'-7'
'½²③'
text
word
emoji
empty
bos_token
messages[1].content
messages[0]['role']
table.get('items')
""",
    "int": """
0
1
2
3
-1
-2
7
10
255
1_000
0x1F
0b101
0o17
99999999999999999999
-0
100
number
big
words|length
messages|length
loop.index
loop.index0
loop.revindex
people[0].age
""",
    "float": """
0.0
1.5
2.5
-0.5
1e3
1e16
1e-5
3.0
123456.789
0.1
1e22
1.0e100
2.675
1e-7
half
pi
""",
    "bool": """
true
false
True
False
yes
add_generation_prompt
loop.first
loop.last
messages[1].content is string
""",
    "list": """
[]
[1, 2, 3]
['b', 'A', 'c']
(1, 'a')
(1,)
()
[[1], [2, 3]]
[none, missing]
range(4)
[1.0, true, '1']
messages
words
numbers
pairs
people
tools
table.a
""",
    "dict": r"""
{}
{'a': 1}
{'x': 'y', 'n': [1]}
{1: 'i', none: 'n', 2.5: 'f', true: 'b'}
dict(a=1, b='c')
{'é': '😀\n'}
table
people[0]
messages[2]
tools[0].function
people[2].at
messages[-1].content[0]
""",
    "none": """
nothing
none
None
documents
messages[2].content
""",
    "undefined": """
missing
table.nope
words[99]
people[3].age
messages[0].name
('a' if false)
[]|first
""",
}

OTHER = {
    "slice": """
1:
:2
-2:
:-1
::-1
::2
1:3
-3:-1
5:1
3:0:-1
:
::-2
1:99
::0
none:2
true:
""",
    "spec": """

d
5
<5
>+8
^9
=+6
05
,
_
x
#x
b
o
e
.3e
f
.1f
g
.3g
%
.1%
10.2f
010.2f
,.2f
012,
c
n
.2
E
#.3g
s
*^12,d
+,
_x
-5
""",
    "attribute": """
'name'
'age'
'role'
'at.city'
'at'
'content'
0
'0'
'nope'
'items'
""",
    "filter": """
'upper'
'string'
'int'
'length'
'default', 1
'nope'
'tojson'
'trim'
'first'
'title'
""",
    "choice": """
'defined'
'string'
'none'
'equalto', 'a'
'in', 'abc'
'gt', 1
'mapping'
'odd'
'nope'
'number'
'!=', 30
'==', 'user'
""",
    "test": """
defined
undefined
none
string
number
integer
float
boolean
true
false
mapping
iterable
sequence
callable
escaped
lower
upper
odd
even
divisibleby 3
divisibleby(2)
in [1, 'a']
in <list>
sameas true
sameas none
eq 1
ne 1
gt <int>
lessthan(<int>)
equalto('a')
filter
test
nope
""",
}

COMMON = """
<it>
(<it> if <bool> else <it>)
(<it> if <bool>)
(<it> or <it>)
(<it> and <it>)
<it>|default(<it>)
<any>|default(<it>, true)
[<it>, <it>][<int>]
{'k': <it>}.k
{'k': <it>}['k']
[<it>]|first
[<it>]|last
{'k': <it>}.get('k')
<it>|d(<it>)
namespace(v=<it>).v
[<it>, <it>]|max
[<it>, <it>]|min
dict(k=<it>).k
(<it>, <it>)[0]
"""

PRODUCTIONS = {
    "none": """
none
{}.get('x')
""",
    "undefined": """
<str>.nope
<dict>.nope
<dict>['nope']
<str>[99]
missing.x
[]|last
<dict>.__class__
words.append
[]|max
<dict>.pop
""",
    "str": r"""
<str> + <str>
<str> ~ <any>
<any> ~ <any> ~ <str>
<str> * 2
<str> * <int!>
<str> * true
<str>[<int>]
<str!>[<slice>]
<str>.upper()
<str>.lower()
<str>.title()
<str>.capitalize()
<str>.swapcase()
<str>.casefold()
<str>.strip()
<str>.lstrip()
<str>.rstrip('\n')
<str>.strip(<str>)
<str>.replace(<str>, <str>)
<str>.replace(<str>, <str>, 1)
<str>.replace(<str>, <str>, <int>)
<str>.split(<str>)[0]
<str>.split()[-1]
<str>.join(<list>)
', '.join(<list>|map('string'))
<str>.center(<int>, '*')
<str>.ljust(12)
<str>.rjust(12, <str>)
<str>.zfill(5)
<str>.zfill(<int>)
<str>.removeprefix(<str>)
<str>.removesuffix(<str>)
<str>.expandtabs()
<str>.expandtabs(4)
<str>.partition(<str>)[2]
<str>.rpartition(<str>)[0]
<str>|upper
<str>|lower
<str>|title
<str>|capitalize
<str>|trim
<str>|trim(<str>)
<str>|replace(<str>, <str>)
<any>|replace(<str>, <str>, 1)
<str>|reverse
<str>|indent
<str>|indent(2)
<str>|indent(first=true)
<str>|indent(width=1, blank=true)
<str>|indent('>')
<str>|truncate(5)
<str>|truncate(9, true)
<str>|truncate(3, false, '', 0)
<str>|truncate(<int>)
<str>|center(20)
<any>|string
<any>|escape
<str>|e ~ <str>
(<str>|safe) + <str>
(<str>|safe).replace('a', <str>)
<str>|safe|upper
<str> + (<str>|e)
<any>|tojson
<any>|tojson(indent=2)
<any>|tojson(indent=0)
<any>|tojson(indent='-')
<any>|tojson(ensure_ascii=true)
<dict>|tojson(sort_keys=true, separators=(',', ':'))
<list>|join
<list>|join(<str>)
<list>|join(', ', attribute=<attribute>)
'%s-%r' % (<any>, <any>)
'%d|%5d|%-5d|%05d|%+d' % (<int>, <int>, <int>, <int>, <int>)
'%.2f|%8.3e|%g|%G' % (<float>, <float>, <int>, <float>)
'%x %X %o %#x' % (<int>, <int>, <int>, <int>)
'%(a)s %(b)r' % {'a': <any>, 'b': <any>}
<str> % <any>
'%5.1s|%c|%%' % (<str>, 128512)
'%s %s'|format(<any>, <any>)
'%(k)s'|format(k=<any>)
'{} {!r} {:>8}'.format(<any>, <any>, <str>)
'{0:<spec>}'.format(<float>)
'{0:<spec>}'.format(<int>)
'{:<6}|{:^7}|{:*>9}|{:.2}'.format(<str>, <str>, <str>, <str>)
'{a} {b[0]} {c.name}'.format(a=<any>, b=<list>, c=people[0])
'{x}'.format_map(<dict>)
<dict>|urlencode
<any>|urlencode
<float>|filesizeformat
<int>|filesizeformat(true)
<any>|forceescape
<str>|striptags
<dict>|xmlattr
<str>|first
<str>|last
<str>.splitlines()|join('/')
<str>.translate({97: 'A', 98: none})
<str>|format(<any>)
strftime_now('%Y%%')|length|string
loop.cycle('a', 'b')
joiner(<str>)()
raise_exception('no')
cycler('a', 'b').next()
""",
    "int": """
<int> + <int>
<int> - <int>
<int> * <int>
<int> // <int>
<int> % <int>
<int> ** 2
<int> ** 0
<int> ** 20
-<int>
+<int>
-<int> ** 2
<int>|abs
<any>|length
<any>|count
<str>|int
<any>|int
<any>|int(<int>)
<str>|int(0, 16)
<str>|int(0, <int!>)
<float>|int
<float>|round|int
<int>|round
<int>|round(-1)
<float>|round(0, 'floor')|int
<float>|round(0, 'ceil')|int
<str>.find(<str>)
<str>.rfind(<str>)
<str>.index(<str>)
<str>.count(<str>)
<str>.find(<str>, <int>)
<str>.count(<str>, 0, <int>)
<list>.count(<any>)
<list>.index(<any>)
<list>|sum
numbers|sum(start=<int>)
people|sum(attribute='age')
<str>|wordcount
<list>|list|length
<int>.bit_length()
<int>.real
range(<int>, <int>)|length
<str>|list|length
numbers|max
<int> + <bool>
2 ** 100
<int> - <int> - 1
""",
    "float": """
<float> + <int>
<float> - <float>
<float> * <float>
<int> / <int>
<float> // <float>
<float> % <float>
<float> % <int>
<float> ** 2
<int> ** -2
-<float>
<any>|float
<any>|float(<float>)
<float>|round
<float>|round(2)
<float>|round(-1)
<float>|round(1, 'floor')
<float>|round(1, 'ceil')
<float>|round(1, 'odd')
<float>|abs
<int> / 4
<float> / <float>
1 / <int>
<float>.is_integer()
<int> * 0.1
big / 7
""",
    "bool": """
<any> == <any>
<any> != <any>
<int> < <int>
<int> <= <float>
<str> > <str>
<str> >= <str>
<any> < <any>
<int> < <int> < 10
<int> == <int> != <any>
<any> in <list>
<any> not in <list>
<str> in <str>
<str> in <dict>
<any> in <any>
not <any>
not <bool>
not <any> is <test>
<any> is <test>
<any> is not <test>
<any> is <test> and <bool>
<any> and <any>
<any> or <any>
<bool> and not <bool> or <any>
<bool> if <any> else <any>
<str>.startswith(<str>)
<str>.endswith(<str>)
<str>.startswith(('a', <str>))
<str>.startswith(<str>, <int>)
<str>.isdigit()
<str>.isalpha()
<str>.isalnum()
<str>.isspace()
<str>.isupper()
<str>.islower()
<str>.istitle()
<str>.isnumeric()
<str>.isascii()
<str>.isidentifier()
<str>.isprintable()
<list> == <list>|list
<dict> == <dict>
<list> < <list>
<any> is <test> == true
messages[0].role == 'system'
<int> is odd
<dict>.name is defined
loop is defined
<str>
""",
    "list": """
[<any>, <any>]
(<any>, <any>)
<list> + <list>
<list> * 2
<list!>[<slice>]
<list>|list
<str>|list
<str>.split()
<str>.split(<str>)
<str>.split(<str>, 1)
<str>.rsplit(<str>, 1)
<str>.rsplit(none, 1)
<str>.split(maxsplit=1)
<str>.splitlines()
<str>.splitlines(true)
<str>.partition(<str>)
<list>|sort
<list>|sort(reverse=true)
<list>|sort(case_sensitive=true)
people|sort(attribute=<attribute>)
people|sort(attribute='age,name')
<list>|unique|list
people|unique(attribute=<attribute>)|list
<list>|reverse|list
<list!>[::-1]
people|map(attribute=<attribute>)|list
people|map(attribute=<attribute>, default=<any>)|list
<list>|map(<filter>)|list
<list>|select|list
<list>|reject|list
<list>|select(<choice>)|list
<list>|reject(<choice>)|list
people|selectattr(<attribute>)|list
people|selectattr(<attribute>, <choice>)|list
messages|rejectattr(<attribute>, <choice>)|list
messages|selectattr('role', 'equalto', 'user')|map(attribute='content')|list
<list>|batch(2)|list
<list>|batch(3, '-')|list
<list>|slice(2)|list
<list>|slice(3, 0)|list
people|groupby(<attribute>)
people|groupby('at.city', default='x')|map(attribute='grouper')|list
<dict>|dictsort
<dict>|dictsort(reverse=true)
<dict>|dictsort(false, 'value')
<dict>|dictsort(by='nope')
<dict>.items()
<dict>.keys()|list
<dict>.values()|list
<dict>|items|list
<dict>|list
range(<int>)
range(<int>, 9)|list
range(9, <int>, -2)[<slice>]
<list>.copy()
pairs|map('first')|list
<dict>.items()|list
""",
    "dict": """
{<str>: <any>}
{'a': <any>, 'b': <any>}
{1: <any>, 1.0: <any>, true: 2}
dict(<dict>, z=<any>)
dict(pairs)
dict.fromkeys(<str>, <any>)
<dict>.copy()
people|first
{'x': <dict>}.x
tools[0].function.parameters
dict([('q', <any>)])
messages|last
dict(<list>)
""",
}

LAZY = """
<list>|map('string')
<list>|reverse
<list>|select
people|selectattr('age')
messages|rejectattr('content', 'string')
<list>|unique
<list>|batch(2)
<list>|slice(2)
table|items
words|reverse
words|map('upper')|reject('eq', 'FIG')
"""
