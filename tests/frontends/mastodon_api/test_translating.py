"""A node without a translator says so as apps expect."""

from scattershot.testing.village import House


async def test_no_language_is_offered_and_no_post_translated(house: House) -> None:
    ann, stranger = await house.phone("ann"), house.stranger()
    post = await house.post("ann", "Guten Morgen")
    assert (await stranger.get("/api/v2/instance"))["configuration"]["translation"] == {"enabled": False}
    assert (await stranger.get("/api/v1/instance/translation_languages")).body == {}
    path = f"/api/v1/statuses/{post}/translate"
    assert (await ann.post(path, {"lang": "en"}, status=404)).body == {"error": "Record not found"}
    await ann.post(path, status=404)
    await stranger.post(path, status=401)
    await (await house.phone("ann", "read:accounts")).post(path, status=403)
