using Ilium.Embedded.Execution;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.SystemTables;

/// <summary><c>system_traces</c>.</summary>
internal static class TraceRows
{
    internal static void Write(SystemTableWriter writer, TraceStore traces)
    {
        foreach (var session in traces.All)
        {
            var id = ValueBytes.Uuid(session.Id);
            if (writer.Table.Name == "sessions")
            {
                writer.Add(
                    ("session_id", id),
                    ("client", session.Client.GetAddressBytes()),
                    ("command", ValueBytes.Text(session.Command)),
                    ("coordinator", session.Coordinator.GetAddressBytes()),
                    ("coordinator_port", ValueBytes.Int(7000)),
                    ("duration", ValueBytes.Int(session.DurationMicroseconds)),
                    ("parameters", ValueParts.Map([.. session.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(ValueBytes.Text(p.Key), ValueBytes.Text(p.Value)))])),
                    ("request", ValueBytes.Text(session.Request)),
                    ("started_at", ValueBytes.Bigint(session.StartedAtMilliseconds)));
                continue;
            }

            foreach (var happened in session.Events)
            {
                writer.Add(
                    ("session_id", id),
                    ("event_id", ValueBytes.TimeUuid(happened.Id)),
                    ("activity", ValueBytes.Text(happened.Activity)),
                    ("source", session.Coordinator.GetAddressBytes()),
                    ("source_elapsed", ValueBytes.Int(happened.ElapsedMicroseconds)),
                    ("source_port", ValueBytes.Int(7000)),
                    ("thread", ValueBytes.Text(happened.Thread)));
            }
        }
    }
}

/// <summary><c>system_auth.roles</c>; passwords are not shown.</summary>
internal static class RoleRows
{
    internal static void Write(SystemTableWriter writer, RoleStore roles)
    {
        if (writer.Table.Name != "roles")
        {
            return;
        }

        foreach (var role in roles.All.Values)
        {
            writer.Add(
                ("role", ValueBytes.Text(role.Name)),
                ("can_login", ValueBytes.Boolean(role.CanLogin)),
                ("is_superuser", ValueBytes.Boolean(role.IsSuperuser)),
                ("member_of", ValueParts.Sequence([.. role.MemberOf.Select(ValueBytes.Text)])));
        }
    }
}
