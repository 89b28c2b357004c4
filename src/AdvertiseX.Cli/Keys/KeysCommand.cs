using System.CommandLine;

namespace AdvertiseX.Cli.Keys;

/// <summary><c>adx keys</c>.</summary>
internal static class KeysCommand
{
    public static Command Create(Terminal terminal) =>
        new AdxCommand("keys", "Make, list and revoke the keys of those who send events to adx serve.")
        {
            Examples = [("adx keys create shop --feeds interactions", "a key that may send clicks and conversions")],
        }.With(
            KeysCreateCommand.Create(terminal),
            KeysListCommand.Create(terminal),
            KeysRevokeCommand.Create(terminal)
        );
}
