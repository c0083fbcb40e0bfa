// The command menu (Mod+K) and the list of shortcuts (?), both from the table of keys.
import {
  Autocomplete,
  Collection,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import { type MessageId, t } from '../i18n.ts';
import { prefs } from '../prefs.ts';
import { Caps, Sheet } from '../ui/basics.tsx';
import { type KeyId, keyRow, KEYS, runKey, type Scope, useCommands } from './keys.ts';

interface ShownProps {
  isOpen: boolean;
  onClose: () => void;
}

interface Line {
  id: string;
  label: string;
  keys?: string;
  run: () => void;
}

const SECTIONS: { scope: Scope; label: MessageId }[] = [
  { scope: 'analytics', label: 'menu.analytics' },
  { scope: 'go', label: 'menu.go' },
  { scope: 'everywhere', label: 'menu.everywhere' },
];

function useSections(): { id: string; label: string; lines: Line[] }[] {
  const { keys, offered } = useCommands();
  const byKey = SECTIONS.map(({ scope, label }) => ({
    id: scope,
    label: t(label),
    lines: keys
      .filter((id) => KEYS[id].scope === scope && id !== 'menu')
      .map((id): Line => ({
        id,
        label: t(keyRow(id).label),
        keys: keyRow(id).keys,
        run: () => runKey(id),
      })),
  }));
  const others = [...new Set(offered.map((c) => c.section))].map((section) => ({
    id: section,
    label: section,
    lines: offered.filter((c) => c.section === section),
  }));
  return [...byKey, ...others].filter((section) => section.lines.length > 0);
}

export function CommandMenu({ isOpen, onClose }: ShownProps) {
  return (
    <ModalOverlay
      className="overlay overlay-top"
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="dialog command">
        <Dialog className="sheet" aria-label={t('key.menu')}>
          <CommandList onClose={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function CommandList({ onClose }: { onClose: () => void }) {
  const { contains } = useFilter({ sensitivity: 'base' });
  const sections = useSections();
  const lines = new Map(sections.flatMap((s) => s.lines).map((line) => [line.id, line]));
  return (
    <Autocomplete filter={contains}>
      <SearchField autoFocus aria-label={t('menu.search')} className="command-search">
        <Input className="input" placeholder={t('menu.search')} />
      </SearchField>
      <Menu
        className="options command-list"
        items={sections}
        renderEmptyState={() => <p className="muted command-empty">{t('menu.empty')}</p>}
        onAction={(key) => {
          onClose();
          // After the dialog gave the focus back, so that the command may move it.
          setTimeout(() => lines.get(String(key))?.run(), 0);
        }}
      >
        {(section) => (
          <MenuSection id={section.id}>
            <Header className="command-head">{section.label}</Header>
            <Collection items={section.lines}>
              {(line) => (
                <MenuItem id={line.id} textValue={line.label} className="option">
                  <span>{line.label}</span>
                  {line.keys && <Caps keys={line.keys} />}
                </MenuItem>
              )}
            </Collection>
          </MenuSection>
        )}
      </Menu>
    </Autocomplete>
  );
}

export function Shortcuts({ isOpen, onClose }: ShownProps) {
  return (
    <Sheet title={t('key.help')} isOpen={isOpen} onClose={onClose} className="shortcuts">
      {!prefs().keys && <p className="notice notice-info">{t('keys.are_off')}</p>}
      <div className="shortcut-groups">
        {SECTIONS.map(({ scope, label }) => (
          <section key={scope}>
            <h3>{t(label)}</h3>
            <dl>
              {(Object.keys(KEYS) as KeyId[])
                .filter((id) => KEYS[id].scope === scope)
                .map((id) => (
                  <div key={id}>
                    <dt>{t(keyRow(id).label)}</dt>
                    <dd>
                      <Caps keys={keyRow(id).keys} />
                      <span className="sr-only">{keyRow(id).keys}</span>
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Sheet>
  );
}
