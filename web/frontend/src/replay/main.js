import { mount } from '../common/dom.js';
import { compare } from './diff.js';
import { drawn } from './drawn.js';
import './replay.css';
import { replay } from './replay.js';

mount('.replay[data-diagram]', replay);
mount('.diff[data-old]', compare);
mount('.drawn[data-diagram]', drawn);
