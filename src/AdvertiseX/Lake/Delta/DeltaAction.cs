using System.Text.Json;

namespace AdvertiseX.Lake.Delta;

/// <summary>One line of a commit (Delta protocol, "Actions"). Immutable.</summary>
internal abstract record DeltaAction
{
    /// <summary>Writes the action as one object.</summary>
    internal abstract void Write(Utf8JsonWriter json);

    /// <summary>Reads a line of a commit or row of a checkpoint. Null for an action that is not needed here.</summary>
    internal static DeltaAction? Read(JsonElement line)
    {
        foreach (var action in line.EnumerateObject())
        {
            if (action.Value.ValueKind != JsonValueKind.Object)
                continue;
            DeltaAction? read = action.Name switch
            {
                "add" => AddFile.Parse(action.Value),
                "remove" => RemoveFile.Parse(action.Value),
                "txn" => SetTransaction.Parse(action.Value),
                "metaData" => TableMetadata.Parse(action.Value),
                "protocol" => TableProtocol.Parse(action.Value),
                "commitInfo" => CommitInfo.Parse(action.Value),
                _ => null,
            };
            if (read is not null)
                return read;
        }
        return null;
    }
}
