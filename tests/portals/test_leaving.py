"""What is still under way when somebody leaves the room, or enters it anew, is not acted upon."""

from playwright.async_api import Browser

from tests.fixtures.browser import SETTLED_MS, fresh_context
from tests.portals import signals
from tests.portals.test_room import PATIENCE_MS, enter, lost

RECORDED = """
  window.made = { connections: [], sources: [], tracks: [] };
  const recorded = (name, list) => {
    const Original = window[name];
    window[name] = class extends Original { constructor(...asked) { super(...asked); made[list].push(this); } };
  };
  recorded('RTCPeerConnection', 'connections');
  recorded('EventSource', 'sources');
"""
SLOW_DEVICES = f"""{RECORDED}
  const devices = window.MediaDevices?.prototype, open = devices?.getUserMedia;
  if (open) devices.getUserMedia = async function (wish) {{
    await new Promise(allow => {{ window.allow = allow; }});
    const media = await open.call(this, wish);
    made.tracks.push(...media.getTracks());
    return media;
  }};
"""
SLOW_DESCRIPTION = f"""{RECORDED}
  const connection = RTCPeerConnection.prototype, describe = connection.setRemoteDescription;
  connection.setRemoteDescription = async function (description) {{
    await describe.call(this, description);
    if (!window.proceed) await new Promise(proceed => {{ window.proceed = proceed; }});
  }};
"""
CONNECTIONS = "made.connections.filter(each => each.signalingState !== 'closed').length"
STREAMS = "made.sources.filter(each => each.readyState !== EventSource.CLOSED).length"
REFUSED = "() => { made.sources[0].close(); made.sources[0].dispatchEvent(new Event('error')); }"


async def test_who_leaves_before_the_camera_is_open_does_not_enter(browser: Browser, port: int) -> None:
    signals.peers.clear()
    async with fresh_context(browser) as (context, _):
        await context.add_init_script(SLOW_DEVICES)
        page = await enter(context, port)
        await page.wait_for_function("() => !!window.allow")
        await page.locator("video-room").evaluate("room => { window.room = room; room.remove(); allow(); }")
        await page.wait_for_function("() => made.tracks.length")
        await page.wait_for_timeout(SETTLED_MS)
        assert await page.evaluate("made.tracks.map(each => each.readyState)") == ["ended", "ended"]
        assert await page.evaluate("[room.dataset.state, made.sources.length]") == ["left", 0]
        assert signals.peers == {}


async def test_what_comes_after_leaving_is_not_acted_upon(browser: Browser, port: int) -> None:
    """One signal is being worked on, another waits for it."""
    signals.peers.clear()
    async with fresh_context(browser) as (one, _), fresh_context(browser) as (other, _):
        await one.add_init_script(SLOW_DESCRIPTION)
        first = await enter(one, port)
        await first.locator("video-room[data-state=waiting]").wait_for()
        name = next(iter(signals.peers))
        await enter(other, port)
        await first.wait_for_function("() => !!window.proceed")
        signals.peers[name].put_nowait({"peers": 2, "polite": False})
        await first.wait_for_timeout(SETTLED_MS)
        room = first.locator("video-room")
        await room.evaluate("room => { room.leave(); proceed(); }")
        await first.wait_for_timeout(SETTLED_MS)
        assert await room.get_attribute("data-state") == "left"
        assert await first.evaluate(CONNECTIONS) == 0
        assert await room.get_attribute("data-error") is None


async def test_a_signal_that_waits_does_not_hold_up_who_enters_anew(browser: Browser, port: int) -> None:
    """A browser never says that it is done with what a closed connection was told."""
    signals.peers.clear()
    async with fresh_context(browser) as (one, _), fresh_context(browser) as (other, _):
        await one.clock.install()
        await one.add_init_script(SLOW_DESCRIPTION)
        first = await enter(one, port)
        await first.locator("video-room[data-state=waiting]").wait_for()
        second = await enter(other, port)
        await first.wait_for_function("() => !!window.proceed")
        await one.clock.fast_forward(PATIENCE_MS)
        for page in (first, second):
            await page.locator("video-room[data-state=connected]").wait_for(timeout=10_000)


async def test_who_has_two_reasons_to_enter_anew_enters_once(browser: Browser, port: int) -> None:
    """The stream is refused, and the other is not reached in time."""
    signals.peers.clear()
    async with fresh_context(browser) as (one, _), fresh_context(browser) as (other, _):
        await enter(one, port)
        await other.clock.install()
        await other.add_init_script(RECORDED)
        await other.route("**/room/signals*", lost)
        second = await enter(other, port)
        await second.locator("video-room[data-state=connecting]").wait_for()
        await other.clock.fast_forward(PATIENCE_MS - 1000)
        await second.evaluate(REFUSED)
        await other.clock.fast_forward(1000)
        await second.wait_for_function("() => made.sources.length === 2")
        await other.clock.fast_forward(5000)
        await second.wait_for_timeout(SETTLED_MS)
        assert await second.evaluate(STREAMS) == 1


async def test_what_was_said_of_the_other_goes_with_them(browser: Browser, port: int) -> None:
    signals.peers.clear()
    async with fresh_context(browser) as (one, _), fresh_context(browser) as (other, _):
        first, second = await enter(one, port), await enter(other, port)
        for page in (first, second):
            await page.locator("video-room[data-state=connected]").wait_for(timeout=15_000)
        await second.get_by_role("button", name="Mute").click()
        await first.get_by_text("Dr. Ada Example has muted the microphone.").wait_for()
        await second.get_by_role("link", name="Leave").click()
        await first.locator("video-room[data-state=waiting]").wait_for()
        assert await first.locator("[data-role=note]").inner_text() == ""
        assert not await first.locator("video-room").get_attribute("data-them")
