"""The moments of a request: who is called when, what it may change, and who is to blame when it fails."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.urls import include, path

from piston_core import Api, BaseHandler, Problem, Resource, rc
from piston_core.conf import Settings
from piston_core.registry import build_registry, get_registry

CALLS: list[str] = []


class OkHandler(BaseHandler):
    allowed_methods = ("GET", "PUT")

    def read(self, request, name="all"):
        CALLS.append("handler")
        return {"ok": name}


class FailingHandler(BaseHandler):
    def read(self, request):
        raise KeyError("of the handler")


class RefusingHandler(BaseHandler):
    def read(self, request):
        raise Problem(410, "It is gone.")


class ReplyingHandler(BaseHandler):
    def read(self, request):
        return rc.FORBIDDEN


class AsyncHandler(BaseHandler):
    async def read(self, request):
        CALLS.append("handler")
        return {"ok": "async"}


api = Api(authentication=())
api.route("ok/", OkHandler)
api.route("ok/<name>/", OkHandler)
api.route("failing/", FailingHandler)
api.route("refusing/", RefusingHandler)
api.route("replying/", ReplyingHandler)
api.route("async/", AsyncHandler)

urlpatterns = [path("api/", include(api.urls)), path("alone/", Resource(OkHandler, authentication=()))]

pytestmark = pytest.mark.urls(__name__)

# Each plugin of this file tells the test what it sees.
TELL = "from tests.piston_core.plugins.test_moments import CALLS\n"

WATCH = (
    TELL
    + """
@hookimpl
def piston_request_received(request, resource):
    CALLS.append(f"received {type(resource.handler).__name__}")


@hookimpl
def piston_response_ready(request, resource, response):
    CALLS.append(f"ready {response.status_code}")
    response.headers["X-Seen"] = "yes"
"""
)


@pytest.fixture
def plug(install, settings):
    """Return a function that installs plugins with this code and enables them, in this order, after JSON."""
    CALLS.clear()

    def plug(**codes: str) -> None:
        for name, code in codes.items():
            install(name, code)
        settings.PISTON = {"PLUGINS": ["json", *codes]}

    return plug


def wrapper(letter: str) -> str:
    return (
        TELL
        + f"""
@hookimpl(wrapper=True)
def piston_call_handler(request):
    CALLS.append("{letter} before")
    result = yield
    CALLS.append("{letter} after")
    return result
"""
    )


# -- what nobody listens to costs nothing -------------------------------------------------------


def test_moments_without_a_listener_are_not_called_at_all():
    moments = build_registry(Settings(plugins=("json", "auth"))).moments

    assert (moments.received, moments.call, moments.exception, moments.ready) == (None, None, None, None)


@pytest.mark.parametrize(
    ("hook", "field"),
    [
        ("piston_request_received", "received"),
        ("piston_call_handler", "call"),
        ("piston_handle_exception", "exception"),
        ("piston_response_ready", "ready"),
    ],
)
def test_only_the_moments_that_a_plugin_listens_to_are_called(install, hook, field):
    install("xa", f"@hookimpl\ndef {hook}(): ...")

    moments = build_registry(Settings(plugins=("xa",))).moments

    used = {name for name in ("received", "call", "exception", "ready") if getattr(moments, name) is not None}
    assert used == {field}


def test_a_plugin_that_is_not_enabled_is_not_told(plug, settings):
    plug(xa=WATCH)
    settings.PISTON = {"PLUGINS": ["json"]}

    Client().get("/api/ok/")

    assert CALLS == ["handler"]


# -- received and ready -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "address", "status", "calls"),
    [
        ("GET", "/api/ok/", 200, ["received OkHandler", "handler", "ready 200"]),
        ("HEAD", "/api/ok/", 200, ["received OkHandler", "handler", "ready 200"]),
        ("OPTIONS", "/api/ok/", 204, ["received OkHandler", "ready 204"]),
        ("DELETE", "/api/ok/", 405, ["received OkHandler", "ready 405"]),
        ("GET", "/api/ok/?format=nope", 406, ["received OkHandler", "ready 406"]),
        ("GET", "/alone/", 200, ["received OkHandler", "handler", "ready 200"]),
        ("GET", "/api/refusing/", 410, ["received RefusingHandler", "ready 410"]),
        ("GET", "/api/replying/", 403, ["received ReplyingHandler", "ready 403"]),
        ("GET", "/api/failing/", 500, ["received FailingHandler", "ready 500"]),
        ("GET", "/api/async/", 200, ["received AsyncHandler", "handler", "ready 200"]),
        ("GET", "/api/nowhere/", 404, ["received BaseHandler", "ready 404"]),
        ("GET", "/api/", 200, ["received RootHandler", "ready 200"]),
    ],
)
def test_every_request_is_received_once_and_every_response_is_ready_once(plug, method, address, status, calls):
    plug(xa=WATCH)

    response = Client(raise_request_exception=False).generic(method, address)

    assert (response.status_code, response.headers["X-Seen"]) == (status, "yes")
    assert calls == CALLS


@pytest.mark.parametrize("address", ["/api/async/", "/api/ok/"])
def test_an_asynchronous_server_tells_the_plugins_the_same(plug, address):
    plug(xa=WATCH)

    response = async_to_sync(AsyncClient().get)(address)

    assert response.headers["X-Seen"] == "yes"
    assert CALLS[1:] == ["handler", "ready 200"]


def test_a_refusal_by_a_plugin_at_the_start_is_a_problem_and_nothing_else_happens(plug):
    plug(xa="@hookimpl\ndef piston_request_received():\n    raise Problem(503, 'Back in an hour.')", xb=WATCH)

    response = Client().get("/api/ok/")

    assert (response.status_code, response.headers["Content-Type"]) == (503, "application/problem+json")
    assert response.json()["detail"] == "Back in an hour."
    assert CALLS == ["ready 503"]


def test_plugins_are_told_in_the_order_of_the_settings(plug):
    say = TELL + "@hookimpl\ndef piston_request_received(): CALLS.append(__name__)"
    plug(xc=say, xa=say, xb=say)

    Client().get("/api/ok/")

    assert CALLS == ["fake_xc", "fake_xa", "fake_xb", "handler"]


# -- calling the handler ------------------------------------------------------------------------


def test_the_first_plugin_is_the_outermost_wrapper(plug):
    plug(xa=wrapper("a"), xb=wrapper("b"))

    response = Client().get("/api/ok/")

    assert response.json() == {"ok": "all"}
    assert CALLS == ["a before", "b before", "handler", "b after", "a after"]


def test_a_wrapper_sees_what_the_hook_promises_and_may_change_the_result(plug):
    plug(
        xa=TELL
        + """
@hookimpl(wrapper=True)
def piston_call_handler(request, resource, handler, method, data, kwargs):
    CALLS.append([request.path, resource.handler is handler, method, data, dict(kwargs)])
    result = yield
    return {**result, "more": 1}
"""
    )

    response = Client().get("/api/ok/some/")

    assert response.json() == {"ok": "some", "more": 1}
    assert CALLS == [["/api/ok/some/", True, "read", None, {"name": "some"}], "handler"]


def test_the_first_plugin_that_answers_is_the_only_one_and_the_handler_is_not_called(plug):
    answer = TELL + "@hookimpl\ndef piston_call_handler():\n    CALLS.append(__name__)\n    return {}"
    plug(xa=answer.format("None"), xb=answer.format("{'from': 'b'}"), xc=answer.format("{'from': 'c'}"))

    response = Client().get("/api/ok/")

    assert response.json() == {"from": "b"}
    assert CALLS == ["fake_xa", "fake_xb"]


def test_plugins_that_do_not_answer_leave_it_to_the_handler(plug):
    plug(xa="@hookimpl\ndef piston_call_handler(): ...", xb="@hookimpl(trylast=True)\ndef piston_call_handler(): ...")

    assert Client().get("/api/ok/").json() == {"ok": "all"}


def test_a_wrapper_may_answer_for_a_handler_that_fails(plug):
    plug(
        xa="""
@hookimpl(wrapper=True)
def piston_call_handler():
    try:
        return (yield)
    except KeyError as error:
        return {"instead of": str(error)}
"""
    )

    assert Client().get("/api/failing/").json() == {"instead of": "'of the handler'"}


# -- exceptions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ("Problem(418, 'No coffee.')", 418, b"No coffee."),
        ("HttpResponse('raw', status=202)", 202, b"raw"),
        ("SimpleTemplateResponse(engines['django'].from_string('page'), status=503)", 503, b"page"),
        ("None", 500, b"Something went wrong on the server"),
        ("PermissionError('as something else')", 500, b"Something went wrong on the server"),
    ],
)
def test_a_plugin_turns_an_exception_into_a_problem_a_response_or_leaves_it(plug, answer, status, body):
    code = f"@hookimpl\ndef piston_handle_exception(exception):\n    return {answer}"
    imported = "from django.http import HttpResponse\nfrom django.template import engines\n"
    plug(xa=f"{imported}from django.template.response import SimpleTemplateResponse\n{code}", xb=WATCH)

    client = Client(raise_request_exception=False)
    head, response = client.head("/api/failing/"), client.get("/api/failing/")

    assert head.status_code == response.status_code == status
    assert body in response.content
    assert CALLS[-1] == f"ready {status}"


def test_the_first_plugin_that_knows_an_exception_answers_for_it(plug):
    answer = "@hookimpl\ndef piston_handle_exception(exception):\n    return {}"
    plug(xa=answer.format("None"), xb=answer.format("Problem(418)"), xc=answer.format("Problem(419)"))

    assert Client().get("/api/failing/").status_code == 418


def test_a_plugin_sees_refusals_of_the_core_before_they_are_answered(plug):
    plug(
        xa=TELL
        + """
@hookimpl
def piston_handle_exception(request, resource, exception):
    CALLS.append([request.path, type(resource).__name__, exception.status])
"""
    )

    response = Client().get("/api/ok/?format=nope")

    assert response.status_code == 406
    assert CALLS == [["/api/ok/", "Resource", 406]]


def test_django_hears_of_an_exception_that_a_plugin_leaves_to_the_core(plug):
    plug(xa="@hookimpl\ndef piston_handle_exception(exception): ...")

    with pytest.raises(KeyError, match="of the handler"):
        Client().get("/api/failing/")


# -- whose fault it is --------------------------------------------------------------------------

RAISING = {
    "piston_request_received": "@hookimpl\ndef piston_request_received():\n    raise OSError('of the plugin')",
    "piston_call_handler": "@hookimpl\ndef piston_call_handler():\n    raise OSError('of the plugin')",
    "piston_response_ready": "@hookimpl\ndef piston_response_ready():\n    raise OSError('of the plugin')",
}


def notes(address: str) -> list[str]:
    """Return the notes of the exception that comes out of a GET."""
    with pytest.raises((OSError, KeyError)) as caught:
        Client().get(address)
    return getattr(caught.value, "__notes__", [])


@pytest.mark.parametrize("hook", RAISING)
@pytest.mark.parametrize("address", ["/api/ok/", "/api/async/"])
def test_an_exception_of_a_plugin_has_a_note_with_hook_and_plugin(plug, hook, address):
    quiet = f"@hookimpl\ndef {hook}(): ..."
    plug(xa=quiet, xb=RAISING[hook], xc=quiet)

    assert notes(address) == [f"raised in hook {hook} by plugin 'xb'"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_exception_of_a_wrapper_has_a_note_with_hook_and_plugin(plug, when):
    fail = wrapper("b").replace(f'CALLS.append("b {when}")', "raise OSError('of the plugin')")
    plug(xa=wrapper("a"), xb=fail, xc=wrapper("c"))

    assert notes("/api/ok/") == ["raised in hook piston_call_handler by plugin 'xb'"]


def test_an_exception_of_the_handler_is_no_plugins_fault(plug):
    plug(xa=wrapper("a"), xb=WATCH, xc="@hookimpl\ndef piston_call_handler(): ...")

    assert notes("/api/failing/") == []


def test_an_exception_deep_in_a_plugin_is_still_its_own(plug):
    plug(
        xa="""
def deeper():
    raise OSError("of the plugin")


class Plugin:
    @hookimpl
    def piston_request_received(self, request):
        list(map(lambda _: deeper(), [1]))


@hookimpl
def piston_request_received(request):
    Plugin().piston_request_received(request)
"""
    )

    assert notes("/api/ok/") == ["raised in hook piston_request_received by plugin 'xa'"]


def test_the_first_exception_is_kept_when_the_plugin_that_handles_it_fails(plug):
    plug(xa="@hookimpl\ndef piston_handle_exception(exception):\n    raise OSError('of the plugin')")

    with pytest.raises(OSError, match="of the plugin") as caught:
        Client().get("/api/failing/")

    assert caught.value.__notes__ == ["raised in hook piston_handle_exception by plugin 'xa'"]
    assert isinstance(caught.value.__context__, KeyError)


@pytest.mark.parametrize("hook", RAISING)
def test_a_plugin_that_fails_is_answered_as_a_problem_without_internals(plug, hook):
    plug(xa=RAISING[hook])

    response = Client(raise_request_exception=False).get("/api/ok/")

    assert (response.status_code, response.headers["Content-Type"]) == (500, "application/problem+json")
    for inside in (b"of the plugin", b"OSError", b"xa", b"Traceback"):
        assert inside not in response.content


def test_the_moments_change_with_the_settings(plug, settings):
    plug(xa=WATCH)
    Client().get("/api/ok/")
    settings.PISTON = {"PLUGINS": ["json"]}
    Client().get("/api/ok/")

    assert CALLS == ["received OkHandler", "handler", "ready 200", "handler"]
    assert get_registry().moments.received is None


# -- the last word ------------------------------------------------------------------------------

SEEING = (
    TELL
    + """
@hookimpl
def piston_response_ready(request, response):
    CALLS.append(dict(response.headers))
"""
)


@pytest.mark.parametrize("address", ["/api/ok/", "/api/async/", "/api/missing/"])
def test_a_ready_response_has_all_its_header_fields(plug, address):
    plug(xa=SEEING)

    response = Client().get(address)

    seen = CALLS[-1]
    assert {"Vary", "Cache-Control"} <= seen.keys()
    assert seen.items() <= dict(response.headers).items()


def test_what_answers_a_failing_plugin_has_all_header_fields_as_well(plug):
    plug(xa=RAISING["piston_response_ready"])

    response = Client(raise_request_exception=False).get("/api/ok/")

    assert response.status_code == 500
    assert (response.headers["Vary"], response.headers["Cache-Control"]) == ("Accept", "no-store")
